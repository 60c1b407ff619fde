"""CEL rules of a CustomResourceDefinition, held against objects."""

import pytest

from pyimagestream.checks import _cel
from pyimagestream.checks.apis import ApiChecks
from pyimagestream.model.openapi.reader import read_api

needs_cel = pytest.mark.skipif(_cel.program("true") is None, reason="needs cel-expr-python")


def checks_of(spec):
    """The checks of a kind `Plant` with this schema of its spec."""
    schema = {"type": "object", "properties": {"spec": spec, "status": {"type": "object"}}}
    return checks_of_kind(schema)


def checks_of_kind(schema):
    version = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}
    names = {"kind": "Plant", "plural": "plants", "singular": "plant"}
    spec = {"group": "garden.test", "scope": "Namespaced", "names": names, "versions": [version]}
    crd = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "plants.garden.test"},
        "spec": spec,
    }
    return ApiChecks(read_api([("plants.json", crd)]))


def plant(spec, **fields):
    metadata = {"name": "rose"}
    return {
        "apiVersion": "garden.test/v1",
        "kind": "Plant",
        "metadata": metadata,
        "spec": spec,
        **fields,
    }


def ruled(properties, *rules, **schema):
    """The schema of an object with rules: expressions, or rules as a whole."""
    listed = [{"rule": each} if isinstance(each, str) else each for each in rules]
    return {
        "type": "object",
        "properties": properties,
        "x-kubernetes-validations": listed,
        **schema,
    }


def told(checks, spec):
    return [(each.field, each.message) for each in checks.problems(plant(spec))]


def failed(rule, properties, spec):
    """Whether an object is refused because of a rule."""
    problems = told(checks_of(ruled(properties, rule)), spec)
    assert problems in ([], [("spec", f"failed rule: {rule}")])
    return bool(problems)


def left(checks):
    return list(checks.unchecked(plant({})))


INT = {"type": "integer"}
TEXT = {"type": "string"}
TEXTS = {"type": "array", "items": TEXT}
SET = {**TEXTS, "x-kubernetes-list-type": "set"}
LIMITS = ruled({"least": INT, "most": INT}, "self.least <= self.most")


@needs_cel
def test_a_false_rule_is_a_problem_with_its_message():
    rule = {"rule": "self.least <= self.most", "message": "least is the\n smaller one "}
    checks = checks_of(ruled(LIMITS["properties"], rule))
    assert told(checks, {"least": 2, "most": 2}) == []
    [problem] = checks.problems(plant({"least": 3, "most": 2}))
    assert problem.field == "spec"
    assert problem.reason == "FieldValueInvalid"
    assert problem.message == "least is the smaller one"
    assert left(checks) == []


@needs_cel
def test_a_rule_without_a_message_is_told_itself():
    assert told(checks_of(LIMITS), {"least": 3, "most": 2}) == [
        ("spec", "failed rule: self.least <= self.most")
    ]


@needs_cel
@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ("FieldValueRequired", "FieldValueRequired"),
        ("FieldValueForbidden", "FieldValueForbidden"),
        ("FieldValueDuplicate", "FieldValueDuplicate"),
        ("FieldValueInvalid", "FieldValueInvalid"),
        ("FieldValueTooLong", "FieldValueInvalid"),
        ("", "FieldValueInvalid"),
    ],
)
def test_the_reason_of_a_rule_is_that_of_the_problem(given, reason):
    rule = {"rule": "self.a > 0", "reason": given}
    [problem] = checks_of(ruled({"a": INT}, rule)).problems(plant({"a": 0}))
    assert (problem.reason, problem.message) == (reason, "failed rule: self.a > 0")


def message_of(expression, spec, **more):
    """What an expression for the message of a rule, `self.a > 0`, makes of the message."""
    rule = {"rule": "self.a > 0", "messageExpression": expression, **more}
    properties = {"a": INT, "t": {**TEXT, "default": "x"}}
    [(_, message)] = told(checks_of(ruled(properties, rule)), {"a": 0, **spec})
    return message


@needs_cel
def test_a_message_may_come_of_an_expression():
    made = "' a is ' + string(self.a) + ', t is ' + self.t"
    assert message_of(made, {"t": "\u009b"}, message="no") == r"a is 0, t is \u009b"


@needs_cel
@pytest.mark.parametrize(
    ("expression", "spec"),
    [
        ("self.a", {}),
        ("' '", {}),
        ("'a\\nb'", {}),
        ("'t' + self.t", {}),  # has a default
        ("self.t", {"t": "x" * 5121}),
        ("self.b.c", {}),
        ("'%d'.format([self.a])", {}),
        ("'a", {}),
        ("\ud800", {}),
    ],
)
def test_where_such_a_message_is_none_or_not_known_it_is_the_other_one(expression, spec):
    assert message_of(expression, spec, message=" no ") == "no"
    assert message_of(expression, spec) == "failed rule: self.a > 0"


@needs_cel
def test_a_rule_is_judged_whatever_its_message_comes_of():
    rule = {"rule": "self.a > 0", "messageExpression": "oldSelf.a"}
    assert left(checks_of(ruled({"a": INT}, rule))) == []


@needs_cel
def test_a_simple_field_path_is_that_of_the_problem():
    rule = {"rule": "self.a.b > 0", "message": "no", "fieldPath": ".a.b"}
    checks = checks_of(ruled({"a": {"type": "object", "properties": {"b": INT}}}, rule))
    assert told(checks, {"a": {"b": 0}}) == [("spec.a.b", "no")]
    rule = {**rule, "fieldPath": "['a'].b"}
    checks = checks_of(ruled({"a": {"type": "object", "properties": {"b": INT}}}, rule))
    assert told(checks, {"a": {"b": 0}}) == [("spec", "no")]


@needs_cel
@pytest.mark.parametrize(
    ("rule", "properties", "well", "bad"),
    [
        ("self.__namespace__ == 'a'", {"namespace": TEXT}, {"namespace": "a"}, {"namespace": "b"}),
        ("self.a__dash__b > 0", {"a-b": INT}, {"a-b": 1}, {"a-b": 0}),
        ("self.a__dot__b__slash__c > 0", {"a.b/c": INT}, {"a.b/c": 1}, {"a.b/c": 0}),
        ("self.a__underscores__b > 0", {"a__b": INT}, {"a__b": 1}, {"a__b": 0}),
        ("self.d > 1.5", {"d": {"type": "number"}}, {"d": 2}, {"d": 1}),
        ("self.i / 2 == 1", {"i": INT}, {"i": 3}, {"i": 4}),
        ("!has(self.a) || has(self.b)", {"a": INT, "b": INT}, {"b": 1}, {"a": 1}),
        ("!has(self.a)", {"a": INT}, {"a": None}, {"a": 1}),
        ("self.?a.orValue(5) > 3", {"a": INT}, {}, {"a": 1}),
        ("self.t.matches('^[a-z]+$')", {"t": TEXT}, {"t": "ab"}, {"t": "a1"}),
        ("self.l.all(x, x.size() == 1)", {"l": TEXTS}, {"l": ["a"]}, {"l": ["ab"]}),
        (
            "type(self.p) == string ? self.p == '50%' : self.p < 100",
            {"p": {"x-kubernetes-int-or-string": True}},
            {"p": 50},
            {"p": 100},
        ),
        (
            "self.m.all(k, k != 'bad-key' && self.m[k] > 0)",
            {"m": {"type": "object", "additionalProperties": INT}},
            {"m": {"good-key": 1}},
            {"m": {"bad-key": 1}},
        ),
    ],
)
def test_rules_see_values_as_the_server_shows_them(rule, properties, well, bad):
    assert not failed(rule, properties, well)
    assert failed(rule, properties, bad)


@needs_cel
def test_rules_of_entries_are_told_at_each_of_them():
    entry = ruled({"n": INT}, {"rule": "self.n > 0", "message": "no"})
    checks = checks_of(ruled({"l": {"type": "array", "items": entry}}))
    assert told(checks, {"l": [{"n": 0}, {"n": 1}, {"n": -1}]}) == [
        ("spec.l[0]", "no"),
        ("spec.l[2]", "no"),
    ]


@needs_cel
def test_a_rule_of_a_manifest_sees_its_name_and_no_more_of_its_metadata():
    schema = ruled({"spec": ruled({})}, "self.metadata.name == 'rose' && self.kind == 'Plant'")
    assert checks_of_kind(schema).problems(plant({})) == []
    named = plant({}, metadata={"name": "tulip", "labels": {"a": "b"}})
    assert len(checks_of_kind(schema).problems(named)) == 1
    unnamed = plant({}, metadata={"generateName": "tulip"})
    assert checks_of_kind(schema).problems(unnamed) == []
    schema = ruled({"spec": ruled({})}, "has(self.metadata.labels)")
    assert len(checks_of_kind(schema).problems(named)) == 1


@needs_cel
@pytest.mark.parametrize(
    "rule",
    [
        "self.a >= oldSelf.a",
        "self.a >",
        "isIP(self.a)",
        "self.a.find('a') == ''",
        "self.`a` == 'b'",
        "self.a.replace('a', self.a) == 'b'",
        "[self.a].map(x, x + x).map(x, x + x).map(x, x + x).map(x, x + x).size() == 0",
        "!" * 100_001 + "true",
        "self" + ".a" * 10_000 + " == 1",
        "\ud800",
        "",
    ],
)
def test_a_rule_that_cannot_be_judged_is_said_to_be_unchecked(rule):
    checks = checks_of(ruled({"a": TEXT}, rule, "self.a != 'b'"))
    assert left(checks) == ["1 CEL rule (x-kubernetes-validations)"]
    assert told(checks, {"a": "b"}) == [("spec", "failed rule: self.a != 'b'")]


@needs_cel
@pytest.mark.parametrize(
    ("rule", "is_left"),
    [
        ("self.a == self.b", True),
        ("self.a != ['x', 'y']", True),
        ("self.a == 'x,y'.split(',')", True),
        ("(self.a + self.b).size() > 3", True),
        ("[self.a].all(e, e in [self.b])", True),
        ("self.size() == 0 || self.a.size() == 1", False),
        ("'x' in self.a", False),
        ("self.t in self.a", False),
        ("self.t in ['x', 'y']", False),
        ("self.t == 'a == b'", False),
        ("self.t + self.t == 'a'", False),
    ],
)
def test_lists_that_the_server_compares_in_any_order_are_not_compared(rule, is_left):
    checks = checks_of(ruled({"a": SET, "b": SET, "t": TEXT}, rule))
    assert bool(left(checks)) == is_left
    if is_left:
        assert told(checks, {"a": ["x", "y"], "b": ["y", "x"], "t": "z"}) == []


@needs_cel
@pytest.mark.parametrize(
    ("rule", "properties", "spec"),
    [
        ("self.a > 1", {"a": INT}, {}),  # an error, here and there
        ("self.l[3] == 'a'", {"l": TEXTS}, {"l": []}),
        ("has(self.a)", {"a": {**INT, "default": 1}}, {}),
        ("self == self.o", {"a": {**INT, "default": 1}, "o": ruled({})}, {"o": {}}),
        ("has(self.a)", {"a": {**INT, "nullable": True}}, {"a": None}),
        ("self.t == 'a'", {"t": {**TEXT, "format": "date-time"}}, {"t": "2026-01-01T00:00:00Z"}),
        ("self.t == 'a'", {"t": {**TEXT, "format": "duration"}}, {"t": "1h"}),
        ("self.t == 'a'", {"t": {**TEXT, "format": "byte"}}, {"t": "YQ=="}),
        ("self.a", {"a": INT}, {"a": 0}),
        ("self.t.size() == 3", {"t": TEXT}, {"t": "\ud800"}),
        (
            "self.o == 1",
            {"o": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}},
            {"o": {"a": 1}},
        ),
    ],
)
def test_a_rule_whose_verdict_is_not_known_is_no_problem(rule, properties, spec):
    assert not failed(rule, properties, spec)


@needs_cel
def test_a_rule_is_asked_where_its_fields_with_a_default_are_set():
    properties = {"a": {**INT, "default": 1}, "b": {**INT, "default": 1}}
    assert failed("self.a > 1", properties, {"a": 1})
    assert failed("self.a > 1", properties, {"a": 1, "b": 2})


@needs_cel
def test_unknown_fields_are_not_seen():
    assert not failed("!has(self.b)", {"a": INT}, {"a": 1, "b": 2})


@needs_cel
def test_a_rule_is_asked_only_of_a_value_that_is_well_without_it():
    checks = checks_of(ruled({"a": {**INT, "maximum": 3}, "b": INT}, "self.a < self.b"))
    assert told(checks, {"a": 9, "b": 1}) == [("spec.a", "must be at most 3, not 9")]
    assert [field for field, _ in told(checks, {"a": "x", "b": 1})] == ["spec.a"]


@needs_cel
def test_the_status_and_what_may_be_a_part_are_not_asked():
    schema = {
        "type": "object",
        "properties": {"spec": LIMITS, "status": ruled({"a": INT}, "self.a > 1")},
    }
    checks = checks_of_kind(schema)
    assert checks.problems(plant({}, status={"a": 1})) == []
    bad = plant({"least": 3, "most": 2})
    assert len(checks.problems(bad)) == 1
    assert checks.present_problems(bad) == []


@needs_cel
def test_a_hostile_rule_or_a_large_value_is_given_up():
    numbers = {"type": "array", "items": INT}
    nested = "self.l.all(a, self.l.all(b, self.l.all(c, self.l.all(d, d < 0 || a >= 0))))"
    compared = "self.l.all(a, self.l != self.l)"
    checks = checks_of(ruled({"l": numbers}, nested, compared))
    assert told(checks, {"l": list(range(100_000))}) == []
    assert told(checks, {"l": list(range(500))}) == [("spec", f"failed rule: {compared}")]


@pytest.fixture
def no_library(monkeypatch):
    monkeypatch.setattr(_cel, "_environment", lambda: None)
    _cel.program.cache_clear()
    yield
    _cel.program.cache_clear()


@pytest.mark.usefixtures("no_library")
def test_without_the_library_every_rule_is_said_to_be_unchecked():
    checks = checks_of(ruled({"a": INT}, "self.a > 1", "self.a < 9"))
    assert told(checks, {"a": 0}) == []
    assert left(checks) == ["2 CEL rules (x-kubernetes-validations)"]
