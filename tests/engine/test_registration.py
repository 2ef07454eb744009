from devflow.engine import Rules, rules_once


def test_rules_are_collected_once_and_each_is_there_once_in_order() -> None:
    collections = []

    @rules_once
    def rules() -> Rules:
        """Three."""
        collections.append("one")
        return ["second", "first", "second", "third", "first"]

    assert rules() == ("second", "first", "third")
    assert rules() is rules()
    assert collections == ["one"]
    assert (rules.__name__, rules.__doc__) == ("rules", "Three.")


def test_arguments_select_rules() -> None:
    collections = []

    @rules_once
    def rules(more: bool) -> Rules:
        collections.append(more)
        return ["one", *(["more"] if more else [])]

    assert [rules(False), rules(True), rules(False), rules(True)] == 2 * [("one",), ("one", "more")]
    assert collections == [False, True]
