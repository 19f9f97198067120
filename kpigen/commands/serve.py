"""`kpigen serve`."""

from __future__ import annotations

import contextlib
import errno
import signal
import sys
import time
from collections.abc import Iterable
from threading import Thread
from urllib.parse import quote

import click

from kpigen.commands.common import find_root, printer_of, show
from kpigen.commands.language import language_here, said_here, words_here
from kpigen.diagnostics.diagnostic import Diagnostic, in_order, shorten
from kpigen.emit.counts import account
from kpigen.emit.escape import printable
from kpigen.i18n.findings import findings
from kpigen.i18n.messages import mark
from kpigen.site.preview.server import Server, is_loopback
from kpigen.site.preview.session import Change, Session
from kpigen.site.preview.watch import saves

#: How many saved files one line names at most.
_NAMED = 3


@click.command()
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="The port; 0 means any free one."
)
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="The address to listen on. With another address, other machines can read everything.",
)
@click.option("--no-drafts", is_flag=True, help="Show the site without drafts, as `build` would write it.")
@click.pass_obj
def serve(root: str | None, port: int, host: str, no_drafts: bool) -> None:
    """Show the site while you write: each save is rendered at once, and the page in the browser reloads.

    Nothing is written. Problems are shown on the pages and in the terminal. If a review cannot be read, its page keeps the
    last readable version. Drafts are shown, marked as such. Only people who can log in to this machine can read the preview.

    Press Ctrl-C to stop.
    """
    folder = find_root(root)
    started = time.perf_counter()
    session = Session(folder, not no_drafts, lambda config: printer_of(config, folder))
    server = _bind(session, host, port)
    if not is_loopback(host):
        text = mark("warning: anyone who can reach {host} can read everything, including drafts and confidential pages")
        click.echo(words_here().gettext(text).format(host=host), err=True)
    _print(session.found)
    click.echo(f"{_counts(session)}, {time.perf_counter() - started:.1f} s", err=True)
    click.echo(words_here().gettext(mark("{address}  (press Ctrl-C to stop)")).format(address=server.address))
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, name="kpigen-serve")
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    try:
        thread.start()
        for names in saves(folder):
            _look(session, server, names)
    except KeyboardInterrupt:
        click.echo("", err=True)
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        server.shutdown()
        thread.join()
        server.close()


def _bind(session: Session, host: str, port: int) -> Server:
    """Return the server. End the command if it cannot listen on the address."""
    try:
        return Server(session, host, port, lambda problem: _print([problem]))
    except UnicodeError:  # a name that no machine can have: a part of it is empty or longer than 63 characters
        reason = "no machine can have this name"
    except OSError as error:
        reason = "in use" if error.errno == errno.EADDRINUSE else (error.strerror or str(error)).lower()
    said = said_here(
        "kpigen: cannot listen on {host} port {port}: {reason}",
        host=printable(shorten(host)),
        port=port,
        reason=reason,
    )
    click.echo(said, err=True)
    click.echo("    " + said_here("hint: choose another port with --port, or use --port 0 for a free one"), err=True)
    sys.exit(1)


def _look(session: Session, server: Server, names: tuple[str, ...]) -> None:
    """Render again after a save, and tell what changed."""
    try:
        change = session.refresh()
    except OSError:  # a file went away while it was read
        time.sleep(0.1)
        change = session.refresh()
    if change is not None:
        _tell(session, server, names, change)


def _tell(session: Session, server: Server, names: tuple[str, ...], change: Change) -> None:
    pages = [session.shown.snapshot.page_of(name) for name in names]
    addresses = [f"{server.address}{quote(page)}" for page in dict.fromkeys(pages) if page]
    words = words_here()
    what = ", ".join(printable(name) for name in names[:_NAMED]) or words.gettext(mark("files"))
    if len(names) > _NAMED:
        what = words.gettext(mark("{files} and {count} more")).format(files=what, count=len(names) - _NAMED)
    where = f" → {addresses[0]}" if len(addresses) == 1 else ""
    line = words.gettext(mark("{time} {files}: {seconds} s")).format(
        time=time.strftime("%H:%M:%S"), files=what, seconds=f"{change.seconds:.2f}"
    )
    click.echo(line + where, err=True)
    _print(change.fresh)
    fixed = words.gettext(mark("fixed: {path}: {finding}"))
    for item in findings(in_order(change.gone), words.language):
        finding = f"{item.code} {printable(item.message)}"
        click.echo(fixed.format(path=printable(item.span.path), finding=finding), err=True)
    if change.fresh or change.gone:
        click.echo(_counts(session), err=True)


def _print(found: Iterable[Diagnostic]) -> None:
    with contextlib.suppress(BrokenPipeError):
        show(found)


def _counts(session: Session) -> str:
    project, found = session.shown.snapshot.project, session.found
    errors = sum(item.is_error for item in found)
    reviews, rules = len(project.reviews) + len(project.unread), len(project.rules.forms)
    return account(reviews, rules, errors, len(found) - errors, language_here())
