"""Scrapy in the sample market: requests reach the loopback server, addresses stay the real ones."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

from kataban.sample_market import log

SPIDER = '''
import scrapy

class Probe(scrapy.Spider):
    name = "probe"
    custom_settings = {
        "DOWNLOADER_MIDDLEWARES": {"kataban.sample_market.routing.SampleMarketRouting": 990},
        "RETRY_ENABLED": False, "ROBOTSTXT_OBEY": False, "LOG_LEVEL": "ERROR", "REMOTE_CONTROL_ENABLED": False,
        "TELNETCONSOLE_ENABLED": False,
    }

    async def start(self):
        for url in ("https://item.rakuten.co.jp/nobody/nothing/", "https://www.example.com/"):
            yield scrapy.Request(url, errback=self.failed, meta={"handle_httpstatus_all": True})

    def parse(self, response):
        print("ANSWER", response.status, response.url, response.request.url, "Host" in response.request.headers)

    def failed(self, failure):
        print("FAILED", type(failure.value).__name__, failure.request.url)
'''


def run(command: list[str], home: Path) -> subprocess.CompletedProcess[str]:
    """`run -- command` with its own state folder."""
    environment = {**os.environ, "KATABAN_HOME": str(home), "PYTHONPATH": str(Path.cwd())}
    return subprocess.run([sys.executable, "-m", "kataban.sample_market", "run", "--", *command], env=environment,
                          capture_output=True, text=True, timeout=60, check=False)


def test_addresses_stay_real_and_unknown_hosts_do_not_exist(tmp_path: Path) -> None:
    spider = tmp_path / "probe.py"
    spider.write_text(SPIDER)
    done = run([sys.executable, "-m", "scrapy", "runspider", str(spider)], tmp_path)
    url = "https://item.rakuten.co.jp/nobody/nothing/"
    assert sorted(done.stdout.splitlines()) == [
        f"ANSWER 404 {url} {url} False", "FAILED CannotResolveHostError https://www.example.com/"], done.stderr
    seen = log.read(tmp_path / "market-requests.jsonl")
    assert [(s.url, s.status, s.tls) for s in seen] == [(url, 404, False)]
    assert seen[0].user_agent


def test_serve_prints_the_environment_and_stops_at_a_signal(tmp_path: Path) -> None:
    environment = {**os.environ, "KATABAN_HOME": str(tmp_path), "PYTHONPATH": str(Path.cwd())}
    with subprocess.Popen([sys.executable, "-m", "kataban.sample_market", "serve"], env=environment, text=True,
                          stdout=subprocess.PIPE) as serving:
        assert serving.stdout is not None
        exported = dict(serving.stdout.readline().removeprefix("export ").strip().split("=", 1) for _ in range(4))
        with socket.create_connection(("127.0.0.1", int(exported["KATABAN_SAMPLE_PORT"]))):
            serving.terminate()
        assert serving.wait(20) == 0
    assert exported.keys() == {"KATABAN_SAMPLE_PORT", "KATABAN_SAMPLE_TLS_PORT", "KATABAN_SAMPLE_SPKI",
                               "KATABAN_ALLOW_HOSTS"}


def test_run_returns_the_commands_exit_code_and_environment(tmp_path: Path) -> None:
    code = "import os, sys; print(os.environ['KATABAN_ALLOW_HOSTS'], os.environ['SCRAPY_PROJECT']); sys.exit(3)"
    done = run([sys.executable, "-c", code], tmp_path)
    assert done.returncode == 3
    hosts, project = done.stdout.split()
    assert project == "sample"
    assert [part.split(":")[0] for part in hosts.split(",")] == ["127.0.0.1", "127.0.0.1"]
