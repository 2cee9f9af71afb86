"""The address of a job's webhook can't be guessed, and names its job without a look-up."""

import random

import pytest

from bot.jobs.webhook_addresses import WEBHOOK_PATH, WebhookAddresses
from bot.monitoring.masking import mask

URL = "https://bot.example.org/there"
JOB = 1_234_567_890_000_000_000


def addresses(key: bytes = b"k" * 32) -> WebhookAddresses:
    """Return the addresses of a bot with this key."""
    return WebhookAddresses(URL, key)


def segment_of(address: str) -> str:
    """Return the last segment of an address."""
    assert address.startswith(f"{URL}{WEBHOOK_PATH}/")
    return address.rpartition("/")[2]


def test_an_address_names_its_job() -> None:
    """What was sent to the API is recognised, also by the next process."""
    sent = segment_of(addresses().address_of(JOB))
    assert addresses().job_of(sent) == JOB


def test_another_bots_address_is_none() -> None:
    """Another key makes other addresses."""
    assert addresses(b"other" * 7).job_of(segment_of(addresses().address_of(JOB))) is None


def test_no_mutated_address_names_a_job() -> None:
    """Of thousands of addresses with a sign changed, added, removed or moved, none is right."""
    randomness, right = random.Random(7), segment_of(addresses().address_of(JOB))
    alphabet = "0123456789abcdefABCDEF-_.~%/+ é"
    tried = 0
    while tried < 5_000:
        at, sign = randomness.randrange(len(right)), randomness.choice(alphabet)
        mutated = randomness.choice(
            (
                right[:at] + sign + right[at + 1 :],
                right[:at] + sign + right[at:],
                right[:at] + right[at + 1 :],
                right[at:] + right[:at],
                right.upper(),
                f"0{right}",
            )
        )
        if mutated != right:
            assert addresses().job_of(mutated) is None
            tried += 1


@pytest.mark.parametrize("job_id", [1, JOB + 1, 10 * JOB, 2**63 - 1])
def test_the_code_of_one_job_is_none_for_another(job_id: int) -> None:
    """A code holds for the job that it was made for."""
    code = segment_of(addresses().address_of(JOB)).partition("-")[2]
    assert addresses().job_of(f"{job_id}-{code}") is None


@pytest.mark.parametrize(
    "said",
    ["{}", "POST {} 200", "{}.", "'{}'", '{{"webhookUrl":"{}"}}', "webhookUrl {} can't be reached"],
)
def test_logs_and_cards_have_no_address(said: str) -> None:
    """The masking of logs, which the API's texts on cards pass too, hides the last segment."""
    address = addresses().address_of(JOB)
    code = address.rpartition("-")[2]
    for form in (address, address.replace("/", "%2F"), address.replace("/", "\\/")):
        assert code not in mask(said.format(form))
    assert mask("POST https://bot.example.org/webhooks/modelhunter 200").endswith("modelhunter 200")
