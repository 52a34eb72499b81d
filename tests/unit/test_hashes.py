"""ARM's hash, held by published vectors."""

from __future__ import annotations

import pytest

from amlctl.hashes import murmur64, unique_string

# vector: Microsoft's Bicep tests and public ports checked against real Azure (reference/arm-engine.md, 3.2).
VECTORS = [
    (("",), "aaaaaaaaaaaaa"),
    (("hello", "world"), "a7wkljktk6wne"),
    (("fu",), "6rkxbspxjmsho"),
    (("fubar",), "cj2xpqsiwjfne"),
    (("fu", "bar"), "q5wxoscxs5j6k"),
    (("tyeth",), "zcztcwvu6iyg6"),
    (("snap", "crackle", "pop"), "byghxckddilkc"),
    (("asd", "asdf", "asdf"), "iizpqit7ih3cc"),
    (("/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/myRg",), "js26ofeqkqeve"),
    (("/subscriptions/00000000-0000-0000-0000-000000000000", "resource-id"), "cwvxuqg24sifi"),
    (
        (
            "/subscriptions/12345678-1234-1234-1234-123456789012/resourceGroups/my-rg",
            "Microsoft.Storage/storageAccounts",
        ),
        "z22rah77jfqry",
    ),
]


@pytest.mark.parametrize(("parts", "expected"), VECTORS)
def test_unique_string_gives_the_published_vector(parts: tuple[str, ...], expected: str) -> None:
    assert unique_string(*parts) == expected


def test_the_hash_is_the_published_number() -> None:
    assert murmur64(b"hello-world") == 571013382255652050
