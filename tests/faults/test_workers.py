"""Work goes on, once, whatever dies: workers, the bell, or the whole of its memory."""

import asyncio
import signal
import time
from pathlib import Path

from redis.asyncio import Redis

from db.jobs import Lane
from hub.bell import queue_name
from jobs.sweeper import end_leases_of

from conftest import Bellhouse, Floor, until
