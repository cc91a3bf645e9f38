"""`python -m hub demo`: starts everything, plays the main job, shows where to look, and stays until it is stopped."""

import json
import shutil
import sys
import traceback
from pathlib import Path

from hub.demo.office import Office
from hub.demo.person import Refusal
from hub.demo.scene import DidNotHold, books, cast
from hub.demo.screen import Screen
from hub.demo.stack import Stack, running
from hub.demo.story import Story

FOLDER = Path(__file__).parent.parent.parent / ".hub" / "demo"


async def main(*, once: bool, fresh: bool, folder: Path = FOLDER) -> int:
    """0 if every step held. The last line is one JSON object with the figures."""
    screen = Screen()
    if fresh and folder.exists():
        shutil.rmtree(folder)
    screen.console.print(
        "[bold]The ERP integration hub[/]: everything on this machine, on free ports of 127.0.0.1"
    )
    async with running(folder, screen) as stack:
        ready = screen.seconds
        screen.good(f"ready after {ready:.1f} s; logs are in {_shown(folder / 'logs')}")
        screen.restart()
        held, story = await _play(stack, screen)
        figures = {
            "held": held,
            "steps": len(screen.steps),
            "ready_seconds": round(ready, 1),
            "seconds": round(screen.seconds, 1),
            **story.figures,
        }
        screen.summary()
        _addresses(stack, screen)
        print(json.dumps(figures), flush=True)
        if not once:
            screen.console.print("Everything stays up. Ctrl-C ends it.")
            await stack.supervisor.until_signalled()
    return 0 if held else 1


def _shown(path: Path) -> Path:
    """The path as a person would type it from here."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


async def _play(stack: Stack, screen: Screen) -> tuple[bool, Story]:
    procore, ledger, people = Office(stack.procore_url), books(stack), cast(stack)
    story = Story(stack, screen, procore, ledger, people)
    try:
        await procore.sign_in()
        await story.play()
    except (DidNotHold, Refusal, AssertionError) as failure:
        screen.console.print(f"[bold red]This step did not hold:[/] {failure}", markup=True)
        return False, story
    except Exception:  # noqa: BLE001  the story ends, the stack is still shown
        traceback.print_exc(file=sys.stderr)
        return False, story
    finally:
        await procore.close()
        await ledger.close()
        for person in people.values():
            await person.close()
    return True, story


def _addresses(stack: Stack, screen: Screen) -> None:
    screen.table(
        "Addresses",
        ("", "address"),
        [
            ("GraphQL", f"{stack.api_url}/graphql"),
            ("Explorer", f"{stack.api_url}/explorer"),
            ("Procore sandbox", stack.procore_url),
            ("MRI sandbox", f"{stack.mri_url}/MRIAPIServices/api.asp"),
        ],
    )
    screen.table("Keys (Authorization: Bearer ...)", ("who", "key"), stack.keys.items())
