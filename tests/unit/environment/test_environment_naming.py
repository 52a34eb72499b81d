"""Names: legal by construction, and never the same for two different things."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from amlctl.environment.naming import BY_KIND, LOCAL_SUBSCRIPTION, RULES, breaks, derive, salt
from amlctl.hashes import unique_string

workloads = st.from_regex(r"[a-z][a-z0-9]{1,15}", fullmatch=True)
environments = st.from_regex(r"[a-z](?:[a-z0-9]|-(?=[a-z0-9])){1,15}", fullmatch=True)
instances = st.sampled_from(["", "1", "001", "42"])
people = st.one_of(st.just(""), st.from_regex(r"[a-z][a-z0-9]{1,11}", fullmatch=True))
salts = st.from_regex(r"[a-z2-7]{5}|[a-z0-9]{3,8}", fullmatch=True)


@given(workloads, environments, instances, salts, people)
def test_a_derived_name_keeps_its_rule_whatever_the_parts_are(
    workload: str, environment: str, instance: str, letters: str, person: str
) -> None:
    for rule in RULES:
        name = derive(rule, workload, environment, instance, letters, person)
        assert breaks(rule, name) is None, (rule.kind, name)


@given(st.lists(st.tuples(environments, people), min_size=2, max_size=6, unique=True))
def test_two_things_never_get_one_global_name(pairs: list[tuple[str, str]]) -> None:
    salted = [(environment, person, salt(LOCAL_SUBSCRIPTION, "mlplat", environment)) for environment, person in pairs]
    for kind in ("storage", "key_vault", "registry"):
        names = {
            derive(BY_KIND[kind], "mlplat", environment, "", letters, person) for environment, person, letters in salted
        }
        assert len(names) == len(pairs)


def test_the_salt_is_the_beginning_of_arm_s_unique_string() -> None:
    assert salt("s", "mlplat", "dev") == unique_string("s", "mlplat", "dev")[:5]


def test_every_pattern_fits_whole_texts_only() -> None:
    """A newline at the end slips past ``$`` but not past a full match."""
    for rule in RULES:
        name = derive(rule, "mlplat", "dev", "", "abcde")
        assert breaks(rule, name + "\n")
        assert re.fullmatch(rule.pattern, name)
