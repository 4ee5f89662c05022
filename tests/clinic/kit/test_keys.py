import time
import uuid

from clinic.kit.keys import uuid7


def test_key_is_a_version_7_uuid_of_this_moment() -> None:
    before = time.time_ns() // 1_000_000

    key = uuid7()

    assert (key.version, key.variant) == (7, uuid.RFC_4122)
    assert before <= key.int >> 80 <= time.time_ns() // 1_000_000


def test_keys_of_one_millisecond_are_in_the_order_of_their_making() -> None:
    keys = []
    for _ in range(2000):
        keys.append(uuid7())
        time.sleep(0.000_001)  # a write takes longer than this

    assert keys == sorted(keys)


def test_keys_are_never_the_same() -> None:
    assert len({uuid7() for _ in range(100_000)}) == 100_000
