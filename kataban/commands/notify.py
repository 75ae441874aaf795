"""`notify`: tell the user's own channels what changed since they were last told."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from kataban.notifying.notify import Sent, notify, preview
from kataban.notifying.quiet import is_quiet
from kataban.notifying.sending import Target, TargetError, target_of
from kataban.results.locks import source_lock
from kataban.verbs import InputError, KatabanCommand

DONE, SOME_FAILED, ALL_FAILED, LOCKED = 0, 3, 4, 5
TEST = {"ja": ("Kataban: テスト", "この通知が届けば設定は正しいです。"),
        "en": ("Kataban: test", "If you can read this, the address works.")}


class Command(KatabanCommand):
    """For cron, after `search`."""

    def syntax(self) -> str:
        """The usage line."""
        return "[--dry-run | --test]"

    def short_desc(self) -> str:
        """One line for the list of commands."""
        return "Send what changed to KATABAN_NOTIFY (LINE, Discord, Slack, mail ...)"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Our options beside Scrapy's."""
        super().add_options(parser)
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--dry-run", action="store_true", help="print what would be sent; nothing is kept")
        what.add_argument("--test", action="store_true", help="send a test message to every address")

    def work(self, args: Sequence[str], opts: argparse.Namespace) -> int:
        """Send, print, or test; silent when there is nothing to tell."""
        if args:
            raise InputError(f"say: notify {self.syntax()}")
        targets = self._targets()
        if opts.test:
            return _outcome([self._test(target) for target in targets])
        now = datetime.now(UTC)
        deadline = timedelta(hours=self.setting("NOTIFY_DEADLINE_HOURS"))
        database = self.open_database()
        if opts.dry_run:
            for target in targets or (None,):
                sent = preview(database, target, self.language, now, deadline)
                print(f"{sent.target}: {sent.title}\n{sent.body}".rstrip())  # noqa: T201 - what it is asked for
            return DONE
        if self._quiet(now):
            return DONE
        with source_lock(database, self.state / "locks", "notify") as free:
            if not free:
                return LOCKED
            return _outcome([self._said(sent) for sent in notify(database, targets, self.language, now, deadline)])

    def _targets(self) -> list[Target]:
        try:
            return [target_of(url, number) for number, url in enumerate(self.setting("KATABAN_NOTIFY"), start=1)]
        except TargetError as error:
            raise InputError(str(error)) from error

    def _quiet(self, now: datetime) -> bool:
        try:
            return is_quiet(self.setting("KATABAN_QUIET"), now)
        except ValueError as error:
            raise InputError(f"KATABAN_QUIET: {error}") from error

    def _test(self, target: Target) -> bool:
        taken = target.send(*TEST[self.language])
        print(f"{target.shown}: {'sent' if taken else f'failed: {target.complaint}'}")  # noqa: T201
        return taken

    def _said(self, sent: Sent) -> bool:
        if not sent.taken:
            self.fail(SOME_FAILED, f"{sent.target}: not sent: {sent.complaint}")
        return bool(sent.taken)


def _outcome(taken: Sequence[bool]) -> int:
    if all(taken):
        return DONE
    return SOME_FAILED if any(taken) else ALL_FAILED
