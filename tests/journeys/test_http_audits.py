"""The audits of the GraphQL over HTTP specification, as its JavaScript reference runs them."""

from pathlib import Path

import pytest

from tests.support.node import journey
from tests.support.server import EITHER, serving


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("daphne", EITHER)
def test_all_61_audits_pass(tmp_path: Path, daphne: bool):
    with serving(tmp_path, daphne=daphne) as server:
        audits = journey("http_audits.mjs", server.url)

    assert [audit for audit in audits if audit["status"] != "ok"] == []
    assert len(audits) == 61
