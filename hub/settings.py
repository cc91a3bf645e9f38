"""Everything a site can choose, read from the environment once."""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Self

from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from db.logins import Logins
from db.session import dsn


class Settings(BaseSettings):
    """Environment variables, prefix `HUB_` but for the two that every platform knows."""

    model_config = SettingsConfigDict(
        env_prefix="HUB_", frozen=True, extra="ignore", hide_input_in_errors=True
    )

    database_url: str = Field(
        validation_alias="DATABASE_URL", repr=False, description="Owner login; used by migrations only."
    )
    redis_url: str = Field(
        default="redis://127.0.0.1:6379/0",
        validation_alias="REDIS_URL",
        repr=False,
        description="The queue's Redis or Valkey.",
    )
    app_database_url: str | None = Field(
        default=None,
        repr=False,
        description="Login of API and workers; derived from DATABASE_URL where absent.",
    )
    sweeper_database_url: str | None = Field(default=None, repr=False, description="Login of the sweeper.")
    door_database_url: str | None = Field(
        default=None, repr=False, description="Login that finds the account of a key."
    )
    role_prefix: str = Field(
        default="hub",
        pattern=r"^[a-z][a-z0-9_]{0,40}$",
        description="Beginning of the names of the logins that a migration makes.",
    )
    secret: SecretStr = Field(
        min_length=16, description="Root of derived keys: cursors, key digests, logins, sealing."
    )
    sealing_keys: SecretStr = Field(
        default=SecretStr(""),
        description="Key-encryption keys as `id:base64,id:base64`, 32 bytes each; the first wraps, all unwrap."
        " One derived from HUB_SECRET where absent.",
    )
    sealing_keys_file: Path | None = Field(
        default=None, description="File with such keys, one a line; read anew with each use."
    )
    token_lease_seconds: float = Field(
        default=60.0,
        gt=40,
        description="How long one worker may take to fetch new tokens before another one tries.",
    )
    allowed_hosts: str = Field(
        default="",
        description="host:port pairs that connectors may reach on private addresses and without TLS; for sandboxes.",
    )
    public_url: str = Field(
        default="",
        description="Address under which other systems reach this hub, for their webhooks: https://hub.example.com.",
    )
    production: bool = Field(default=False, description="No explorer, no introspection.")
    read_pool: int = Field(default=10, ge=1, le=100, description="Most connections for reading.")
    write_pool: int = Field(default=10, ge=1, le=100, description="Most connections for writing.")
    greeting_seconds: float = Field(
        default=10.0, gt=0, description="How long a WebSocket may stay open without saying who it is."
    )
    ping_seconds: float = Field(default=12.0, gt=0, description="How often a quiet event stream shows life.")
    recheck_seconds: float = Field(
        default=60.0, gt=0, description="How often a long subscription's key and member are looked at again."
    )

    lease_seconds: float = Field(
        default=12.0, gt=0, description="How long a job's lease lasts without renewal."
    )
    renew_seconds: float = Field(default=4.0, gt=0, description="How often a running job renews its lease.")
    sweep_seconds: float = Field(
        default=2.0, gt=0, description="How often jobs are looked for that nobody runs though they are due."
    )
    seal_seconds: float = Field(default=0.5, gt=0, description="How often the event log is sealed.")
    drain_seconds: float = Field(
        default=8.0, ge=0, description="How long a worker that is asked to end lets its jobs go on."
    )
    retry_base_seconds: float = Field(
        default=2.0, gt=0, description="Longest wait before the second try of a job; it doubles with each."
    )
    retry_cap_seconds: float = Field(default=900.0, gt=0, description="Longest wait between two tries.")
    poll_seconds: float = Field(default=0.01, gt=0, description="How often arq looks for a ring.")
    worker_jobs: int = Field(default=8, ge=1, le=100, description="Jobs one worker runs side by side.")
    jobs_per_account: int = Field(default=6, ge=1, description="Jobs of one account that run side by side.")
    parked_after_deaths: int = Field(
        default=3, ge=1, description="After how many deaths of its worker a job is put aside."
    )
    crash_at: str = Field(
        default="", description="Named crash point at which the process ends; for demonstrations and tests."
    )
    crash_flag: Path | None = Field(
        default=None, description="File that is removed by the crash, so that it happens once."
    )

    def key(self, purpose: str) -> bytes:
        """A key for one purpose, derived from the secret, so that none is used for two."""
        return hmac.new(self.secret.get_secret_value().encode(), purpose.encode(), hashlib.sha256).digest()

    def key_encryption_keys(self) -> Mapping[str, bytes]:
        """Id -> key, the current one first. The derived one is always last: it opens what is not yet wrapped anew."""
        text = self.sealing_keys.get_secret_value()
        if self.sealing_keys_file is not None:
            text += "," + _text_of(self.sealing_keys_file)
        derived = self.key("sealing")
        name = f"derived-{hashlib.sha256(derived).hexdigest()[:8]}"
        given = [_sealing_key(one) for one in re.split(r"[\s,]+", text) if one]
        if len(dict(given)) < len(given):
            raise ValueError("Two sealing keys have the same id.")
        return {**dict(given), name: derived}

    @model_validator(mode="after")
    def _sealing_keys_can_be_read(self) -> Self:
        self.key_encryption_keys()
        return self

    @property
    def opened_hosts(self) -> list[str]:
        """`allowed_hosts` one by one."""
        return [host.strip() for host in self.allowed_hosts.split(",") if host.strip()]

    @property
    def logins(self) -> Logins:
        return Logins.named(self.role_prefix, self.key("logins").hex())

    def url_of(self, login: str) -> str:
        """The database under one of the narrow logins: `app`, `sweeper` or `door`."""
        given: str | None = getattr(self, f"{login}_database_url")
        return given or dsn(
            self.database_url, user=getattr(self.logins, login), password=self.logins.password
        )


def _text_of(file: Path) -> str:
    try:
        return file.read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"The file of sealing keys {file} cannot be read.") from error


def _sealing_key(text: str) -> tuple[str, bytes]:
    """One `id:base64`. The message names no more than the id."""
    name, _, encoded = text.partition(":")
    try:
        key = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        key = b""
    if not re.fullmatch(r"[A-Za-z0-9._-]{1,64}", name) or len(key) != 32:
        raise ValueError("A sealing key is written as id:base64, with 32 bytes in base64 after the id.")
    return name, key


@lru_cache(maxsize=1)
def settings() -> Settings:
    """Those of the environment. Ends the process with a line for each variable that cannot be used."""
    try:
        return Settings()
    except ValidationError as error:
        raise SystemExit(_words(error)) from None


def _words(error: ValidationError) -> str:
    lines = [f"  {_variable(each['loc'])}: {each['msg']}" for each in error.errors(include_url=False)]
    return "\n".join(["The environment cannot be used as it is; README.md lists all settings.", *lines])


def _variable(place: tuple[int | str, ...]) -> str:
    name = str(place[0]) if place else "sealing_keys"  # the one check of the whole is theirs
    return name if name.isupper() else f"{Settings.model_config['env_prefix']}{name.upper()}"
