"""An empty variable of the environment is a mistake that is named, not the folder in which the command runs."""

import pytest
from pydantic import ValidationError

from suining_data.commands.errors import message_for_user
from suining_data.settings import Settings


@pytest.mark.parametrize(
    "variable", ["SUINING_DATA", "SUINING_KEY_FILE", "SUINING_PSEUDONYM_KEY_FILE", "SUINING_SIGNING_KEY_FILE"]
)
def test_an_empty_path_is_refused_with_its_variable(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, "")
    with pytest.raises(ValidationError) as refused:
        Settings()
    message = message_for_user(refused.value)
    assert message is not None
    assert variable in message
    assert "it is empty" in message


def test_without_the_variable_the_path_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SUINING_KEY_FILE", raising=False)
    assert Settings().key_file is None
