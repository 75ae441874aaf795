"""What a run says at its end, and what of it stands in run.json."""

from __future__ import annotations

import json
from pathlib import Path

from kataban.crawling.launch import Launched, _write_report
from kataban.crawling.run import Run, SourceReport
from kataban.crawling.verb import summary
from kataban.items import Outcome
from kataban.results.database import Database


def test_what_each_model_number_cost_is_said_the_dearest_first(tmp_path: Path) -> None:
    run = Run(Database(f"sqlite:///{tmp_path}/kataban.db"), tmp_path)
    for site in range(3):
        for place, model in enumerate(("AB-1", "CD-2", "EF-3", "GH-4", "IJ-5", "KL-6")):
            run.asked(model, place + site)
    report = SourceReport("rakuma", due=6, outcomes={Outcome.NOTHING: 6}, requests=18, finish_reason="finished")
    launched = Launched({"rakuma": report}, requests_by_model=run.requests_by_model)
    assert summary(launched)[-1] == (
        "  requests for each model number: 10.5 on average; KL-6 18, IJ-5 15, GH-4 12, EF-3 9, CD-2 6, 1 others")
    _write_report(run, launched)
    assert json.loads((tmp_path / "run.json").read_text(encoding="utf-8"))["requests_by_model"]["AB-1"] == 3


def test_a_run_that_asked_nothing_has_no_such_line() -> None:
    assert not any("each model" in line for line in summary(Launched(requests_by_model={"AB-1": 0})))
