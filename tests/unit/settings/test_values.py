"""What is wrong with a setting is told before anything starts, in one line, without secrets."""

from decimal import Decimal

import pytest
from pydantic import ValidationError

from bot.settings import Settings, explain
from sandbox.discord.server import TOKEN

URL = "https://api.modelhunter.ai/api/v1"
NBSP = "\N{NO-BREAK SPACE}"
FULL_WIDTH = "\N{FULLWIDTH DIGIT ONE}\N{FULLWIDTH DIGIT TWO}"
ID = "123456789012345678"


def settings(**changes: str) -> Settings:
    """Return settings of nothing but these."""
    given = {"discord_token": TOKEN, "modelhunter_key": "river_live_0", **changes}
    return Settings(_env_file=None, **given)  # type: ignore[arg-type]


def refused(**changes: str) -> str:
    """Return the line that refuses these settings."""
    with pytest.raises(ValidationError) as caught:
        settings(**changes)
    said = explain(caught.value)
    assert "\n" not in said
    assert len(said) < 300
    return said


@pytest.mark.parametrize("name", ["discord_token", "modelhunter_key"])
@pytest.mark.parametrize(
    "value", ["river_live_ab…", "abc def", "abc\ndef", "ключ", "a\x00b", '"abc"', "abc#def", "a,b"]
)
def test_a_damaged_secret_is_named(name: str, value: str) -> None:
    """A secret with a sign that none has is named and not repeated."""
    said = refused(**{name: value})
    assert said.startswith(f"{name.upper()} is no whole copy")
    assert value not in said


@pytest.mark.parametrize("name", ["discord_token", "modelhunter_key"])
@pytest.mark.parametrize("value", ["", " ", "\t"])
def test_an_empty_secret_is_named(name: str, value: str) -> None:
    """A secret that was never filled in is named."""
    assert refused(**{name: value}).startswith(f"{name.upper()} is empty")


@pytest.mark.parametrize("value", [" river_live_0 ", "river_live_A-Z/+=", "river_test_~.a_b"])
def test_a_printable_key_is_taken(value: str) -> None:
    """Any key that a header can carry is taken, without the blanks around it."""
    assert settings(modelhunter_key=value).modelhunter_key.get_secret_value() == value.strip()


def test_a_token_in_place_of_the_key_is_named() -> None:
    """The two lines are next to each other in `.env`, and are mixed up."""
    said = refused(modelhunter_key=TOKEN)
    assert said.startswith("MODELHUNTER_KEY is a Discord token")
    assert TOKEN not in said


@pytest.mark.parametrize(
    "value",
    [
        "",
        "api.modelhunter.ai",
        "https://",
        "https:///api/v1",
        "http://[bad",
        "http://here:port",
        "http://here:0",
        "http://here:99999",
        "ftp://here",
        "https://api modelhunter.ai",
        f"{URL}?key=river_live_0",
        f"{URL}?",
        f"{URL}#here",
        f'"{URL}"',
        f"{URL} # here",
        "https://me:secret@api.modelhunter.ai/api/v1",
        f"https://api.modelhunter.ai/{NBSP}",
        "https://api。modelhunter。ai",
        "https://api.modelhunter.ai,https://other",
    ],
)
def test_an_address_that_is_none_is_named(value: str) -> None:
    """An address without a host, or with more than one needs, is named at the start."""
    said = refused(modelhunter_url=value)
    assert said.startswith("MODELHUNTER_URL must be an address such as https://")
    assert "secret" not in said


@pytest.mark.parametrize("url", [URL, f"{URL}/", "http://127.0.0.1:8080/api/v1", "http://[::1]:1"])
def test_an_address_that_is_taken(url: str) -> None:
    """An address with a host is taken, without its last slash."""
    assert settings(modelhunter_url=url).modelhunter_url == url.rstrip("/")


@pytest.mark.parametrize(
    "value",
    [
        "http://bot.example.org",
        "bot.example.org",
        "https://",
        "https://bot.example.org/webhooks/modelhunter",
        "https://bot.example.org/webhooks/modelhunter/",
        "https://bot.example.org//there",
        "https://bot.example.org/a/../b",
        "https://bot.example.org/a/.",
        "https://bot.example.org/%2e%2e",
        "https://bot.example.org?x=1",
        "https://bot.example.org/#here",
        "https://me:secret@bot.example.org",
        "https://bot.example.org:0",
        "https://bot.example.org:99999",
        "https://bot example.org",
        "https://bot.example.org,https://other",
        f"https://bot.example.org/{NBSP}",
        "ftp://bot.example.org",
        "http://127.0.0.1.example.org",
    ],
)
def test_a_public_address_that_is_none_is_named(value: str) -> None:
    """It is https and has nothing behind that might be read in two ways, or that the bot adds."""
    said = refused(public_url=value, http_port="8080")
    assert said.startswith("PUBLIC_URL must be an address such as https://bot.example.org")
    assert "secret" not in said


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("", None),
        ("https://bot.example.org", "https://bot.example.org"),
        ("https://bot.example.org/", "https://bot.example.org"),
        ("https://bot.example.org:8443/bot//", "https://bot.example.org:8443/bot"),
        ("https://bot.example.org/bot/", "https://bot.example.org/bot"),
        ("HTTPS://bot.example.org", "https://bot.example.org"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://localhost:1/", "http://localhost:1"),
    ],
)
def test_a_public_address_that_is_taken(value: str, read: str | None) -> None:
    """It is taken without its last slashes; without TLS only on this machine."""
    assert settings(public_url=value, http_port="8080").public_url == read


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"public_url": "https://bot.example.org"}, "PUBLIC_URL can"),
        ({"modelhunter_webhook_secret": "whsec_0"}, "MODELHUNTER_WEBHOOK_SECRET can"),
        (
            {"public_url": "https://bot.example.org", "modelhunter_webhook_secret": "whsec_0"},
            "PUBLIC_URL and MODELHUNTER_WEBHOOK_SECRET can",
        ),
    ],
)
def test_webhooks_need_a_port(changes: dict[str, str], said: str) -> None:
    """An address at which nothing listens is named at the start, with what is missing."""
    sentence = refused(**changes)
    assert sentence.startswith(f"{said} do nothing without HTTP_PORT, where webhooks are received.")
    assert "whsec_0" not in sentence
    settings(**changes, http_port="8080")


@pytest.mark.parametrize("value", ["whsec_a b", "whsec_…", "=whsec", '"whsec"', "a\nb"])
def test_a_damaged_webhook_secret_is_named(value: str) -> None:
    """A secret that is no whole copy would refuse every webhook without a word."""
    said = refused(modelhunter_webhook_secret=value, http_port="8080")
    assert said.startswith("MODELHUNTER_WEBHOOK_SECRET is no whole copy")
    assert value not in said


def test_an_empty_http_host_is_this_machine() -> None:
    """An empty address, which would mean all of them, opens the port to this machine alone."""
    assert settings(http_host="").http_host == "127.0.0.1"


@pytest.mark.parametrize("value", ["0.0.0.0", "::", "::1", "localhost", "bot.example"])  # noqa: S104
def test_a_host_that_is_taken(value: str) -> None:
    """An address of either family and a name are hosts."""
    assert settings(http_host=value).http_host == value


@pytest.mark.parametrize(
    "ids",
    [ID, f"{ID},223456789012345678", f" {ID} , 223456789012345678,", f"{ID} 22345678901234567"],
)
def test_ids_that_are_taken(ids: str) -> None:
    """Servers are separated by commas, blanks or both."""
    assert settings(allowed_guild_ids=ids).allowed_guild_ids == {
        int(part) for part in ids.replace(",", " ").split()
    }


def test_a_wrong_server_is_named_as_the_one_that_is_wrong() -> None:
    """The sentence says what belongs there and which part does not."""
    said = refused(allowed_guild_ids=f"{ID},myserver")
    assert said == (
        "ALLOWED_GUILD_IDS must be server IDs (17-20 digits), separated by commas; `myserver` is"
        " none. Set it in the environment or in .env (see .env.example)."
    )


def test_several_mistakes_are_one_sentence() -> None:
    """All that is wrong is said at once, and what to do is said of all of it."""
    said = refused(discord_token="", modelhunter_key="")
    assert said == (
        "DISCORD_TOKEN is empty; MODELHUNTER_KEY is empty. Set them in the environment or in .env"
        " (see .env.example)."
    )


NUMBERS = [
    "$5", "5$", "5 USD", "five", "-1", "+1", "inf", "-inf", "nan", "1e3", "1_000", "1,000", "5,00",
    "0x10", "1.2.3", "5 # a day", "5#", '"5"', "'5'", " 5", "5 ", f"5{NBSP}", FULL_WIDTH, "5\n6",
    "9" * 40, "true", "²", "١٢",
]  # fmt: skip
WHOLE_ALONE = ["1.5", "2.0", ".5"]
NO_ID = ["myserver", "1", "0", "12345678901234567890123", f"{ID}x", f"x{ID}", f"{ID};{ID}", "<@1>"]
IDS = [f'"{ID}","{ID}"', f"[{ID}]", ",", " ", ", ,", f"{ID} # mine", f"{ID}.{ID}", "*", "none"]
SWITCHES = [
    "maybe",
    "2",
    "-1",
    " ",
    "true # for now",
    '"true"',
    "tru",
    "\uff54\uff52\uff55\uff45",
    "nein",
    "None",
]
HOSTS = [
    "http://0.0.0.0",
    "127.0.0.1:80",
    "1.2.3",
    "256.1.1.1",
    "*",
    "a b",
    "0.0.0.0 # all",
    "[::1]",
]
TABLE = {
    "max_running_per_user": [*NUMBERS, *WHOLE_ALONE, "", "0"],
    "retention_days": [*NUMBERS, *WHOLE_ALONE, ""],
    "daily_budget_usd": [*NUMBERS, ""],
    "daily_budget_per_user_usd": NUMBERS,
    "confirm_above_usd": [*NUMBERS, ""],
    "http_port": [*NUMBERS, *WHOLE_ALONE, "0", "65536", "80,81", "http"],
    "http_host": HOSTS,
    "discord_guild_id": [*NO_ID, *IDS, f"{ID},{ID}", FULL_WIDTH * 9],
    "allowed_guild_ids": [*NO_ID, *IDS, FULL_WIDTH * 9, f"{ID},{FULL_WIDTH * 9}", f"{ID},1"],
    "allow_adult_modes": [*SWITCHES, ""],
    "log_level": ["LOUD", "", "INFO,DEBUG", '"INFO"', "INFO # for now", "20"],
    "default_video_model": ["kling v3", '"kling-v3"', "kling-v3 # for now", " ", "kling-v3,veo3"],
    "no_proxy": [
        "a b",
        "[example.org]",
        "example.org;b",
        '"example.org"',
        "http://a",
        "a # ours",
        "$a",
    ],
    "operator_contact": [" ", "x" * 201, "a\nb", "a\tb", f"{NBSP}a\0"],
    "default_image_model": ["é", "a/b"],
    "default_speech_model": ["a\nb"],
    "enable_undocumented_models": [
        " ",
        "kling v3",
        '"true"',
        "true # for now",
        "true,kling-v3",
        "kling-v3,",
        "a/b/c",
        "\uff54\uff52\uff55\uff45",
    ],
}


@pytest.mark.parametrize(
    "value",
    [
        "socks5://secret.example:1080", "https://secret.example:3128", "http://", "http://:3128",
        "http://secret.example:port", "http://secret.example:0", "http://secret.example/path",
        "http://secret.example:3128 # ours", '"http://secret.example:3128"', "http://a b:3128",
        "http://secret%3Aname:word@proxy.example:3128", " ",
    ],
)  # fmt: skip
def test_a_proxy_that_is_none_is_named_and_not_repeated(value: str) -> None:
    """The address of a proxy may hold a password."""
    said = refused(https_proxy=value)
    assert said.startswith("HTTPS_PROXY must be an address such as http://")
    assert "secret" not in said


@pytest.mark.parametrize(
    ("value", "address"),
    [
        ("http://proxy.example:3128", "http://proxy.example:3128"),
        ("http://me:word@proxy.example:3128/", "http://me:word@proxy.example:3128/"),
        ("proxy.example:3128", "http://proxy.example:3128"),
    ],
)
def test_a_proxy_that_is_taken(value: str, address: str) -> None:
    """A scheme may be left out, as elsewhere; the value is hidden from logs."""
    proxy = settings(https_proxy=value).https_proxy
    assert proxy is not None
    assert proxy.get_secret_value() == address
    assert "proxy.example" not in repr(proxy)


@pytest.mark.parametrize("name", ["ssl_cert_file", "ssl_cert_dir"])
@pytest.mark.parametrize("value", ["/no/such/file.pem", " /etc", '"/etc"', "/etc # ours"])
def test_certificates_that_are_not_there_are_named(name: str, value: str) -> None:
    """A file that is not there would leave nothing to trust."""
    assert refused(**{name: value}).startswith(f"{name.upper()} must be a file or folder")


@pytest.mark.parametrize("name", TABLE)
def test_a_value_that_is_not_understood_is_one_sentence(name: str) -> None:
    """No value is read as another one, and none falls back to the default."""
    for value in TABLE[name]:
        said = refused(**{name: value})
        assert said.startswith(f"{name.upper()} "), value
        assert "unable to parse" not in said
        assert "Input should be" not in said


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("Off", False),
        ("", frozenset()),
        ("nano-banana-2", {"nano-banana-2"}),
        ("viduq3-pro, grok-imagine/text-to-video", {"viduq3-pro", "grok-imagine/text-to-video"}),
    ],
)
def test_undocumented_models_that_are_turned_on(text: str, value: bool | set[str]) -> None:
    """All, none, or those of a list, whose names may hold a slash."""
    assert settings(enable_undocumented_models=text).enable_undocumented_models == value


@pytest.mark.parametrize(("text", "value"), [("20", 20), ("2.50", "2.5"), (".5", "0.5"), ("0", 0)])
def test_an_amount_that_is_taken(text: str, value: str | int) -> None:
    """Amounts are plain decimals."""
    assert settings(daily_budget_usd=text).daily_budget_usd == Decimal(value)


def test_a_secret_in_another_setting_is_not_repeated() -> None:
    """A token or key that was pasted into the wrong line is masked in the sentence."""
    for name in ("allowed_guild_ids", "http_port", "log_level", "daily_budget_usd"):
        for secret in (f"{TOKEN[:24]}.GaBcDe.{'x' * 38}", "river_live_0123456789abcdef"):
            assert secret[:30] not in refused(**{name: secret})


@pytest.mark.parametrize(
    ("value", "address"),
    [
        ("http://nirn-proxy:8080", "http://nirn-proxy:8080/api/v10"),
        ("http://nirn-proxy:8080/", "http://nirn-proxy:8080/api/v10"),
        ("https://discord.com/api/v10", "https://discord.com/api/v10"),
        ("", None),
    ],
)
def test_a_rest_proxy_is_an_address(value: str, address: str | None) -> None:
    """The version of Discord's API that the program speaks is added to the proxy's address."""
    assert settings(discord_api_url=value).discord_api_url == address


@pytest.mark.parametrize("value", ["nirn-proxy:8080", "http://", "http://a/b", "http://a/api/v9"])
def test_another_rest_proxy_is_refused(value: str) -> None:
    """Another path would be another API."""
    assert refused(discord_api_url=value).startswith("DISCORD_API_URL must be the address of")


@pytest.mark.parametrize("value", ["all", "gateway", "worker", "Worker"])
def test_a_role_is_one_of_three(value: str) -> None:
    """Each role is read, however it is written."""
    assert settings(role=value).role == value.lower()


@pytest.mark.parametrize("value", ["", "both", "gateway,worker"])
def test_another_role_is_refused(value: str) -> None:
    """A role that is none would leave half of the work undone."""
    assert refused(role=value).startswith("ROLE must be all, gateway or worker")


@pytest.mark.parametrize("role", ["gateway", "worker"])
def test_half_of_the_program_needs_a_database_for_both(role: str) -> None:
    """What only one process can reach is no place to hand jobs over."""
    assert "ends with the process" in refused(role=role, database_url="sqlite://")
