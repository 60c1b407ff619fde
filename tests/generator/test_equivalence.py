"""Checks change nothing except that wrong values are refused.

Each template gives the same JSON with natives, without them, in a VM that the
user runs on their own, and on every engine: that of the plain documented library.
"""

import importlib
import json
from datetime import datetime
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import reference

from pyimagestream import evaluate_snippet, library_path, native_callbacks
from pyimagestream.engines.vm import ENGINES

IMPORT = "local isi = import 'imageStreamImport.libsonnet';\n"
RUBY = "{ from: { kind: 'DockerImage', name: 'quay.io/org/ruby:2.7' }, to: { name: '2.7' } }"


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    """A directory with the plain library, under the name of ours."""
    directory = tmp_path_factory.mktemp("plain")
    library = directory / "imageStreamImport.libsonnet"
    library.write_text(reference.plain_library(), encoding="utf-8")
    return directory


def canonical(value):
    return json.dumps(value, sort_keys=True)


@cache
def expected(template, plain):
    value = evaluate_snippet(IMPORT + template, check=False, jpath=[plain])
    return canonical(value)


def own_evaluator(engine, code, natives):
    """As somebody runs a VM who has an evaluator of their own."""
    vm = importlib.import_module(ENGINES[engine][0])
    text = vm.evaluate_snippet(
        "snippet", code, jpathdir=[str(library_path())], native_callbacks=natives
    )
    return json.loads(text)


TEMPLATES = {
    "a manifest": f"isi.new('ruby') + isi.spec.withImport(true) + isi.spec.withImages([{RUBY}])",
    "a single image is wrapped": f"isi.new('ruby') + isi.spec.withImages({RUBY})",
    "through mixin": "isi.mixin.new('a') + isi.mixin.metadata.withLabels({ a: 'b' })",
    "an empty list and an empty map": """
      isi.new('a') + isi.spec.withImages([]) + isi.metadata.withLabels({})""",
    "mixin forms without anything to add to": f"""
      isi.spec.withImagesMixin({RUBY}) + isi.metadata.withLabelsMixin({{ a: 'b' }})""",
    "mixin forms in a row": f"""
      isi.new('a') + isi.spec.withImagesMixin({RUBY}) + isi.spec.withImagesMixin([{RUBY}])
      + isi.metadata.withFinalizersMixin('a.b/c') + isi.metadata.withFinalizersMixin(['d.e/f'])""",
    "mixin forms onto null": """
      { metadata: { labels: null } } + isi.metadata.withLabels({ a: 'b' })""",
    "an overridden error is never forced": f"""
      isi.new(error 'name') + isi.metadata.withName('a')
      + isi.spec.withImages(error 'images') + isi.spec.withImages([{RUBY}])
      + isi.spec.withImport(error 'import') + {{ spec+: {{ 'import': false }} }}""",
    "an error in a hidden field is never forced": """
      (isi.new('a') + isi.metadata.withUid(error 'uid')) { metadata+: { uid:: super.uid } }""",
    "the root object": f"""
      {{ name:: 'ruby', imp: isi.new($.name) + isi.spec.withImages([{RUBY}]),
         copy: $.imp.spec.images[0].to.name }}""",
    "self and super": """
      isi.new('a') { metadata+: { namespace: self.name + '-ns', name: super.name + 'b' } }""",
    "a setter whose value is read through self": """
      isi.new('a') + { local this = self, tag:: this.metadata.name }
      + isi.metadata.withLabels({ a: 'b' })
      + { labels:: self.metadata.labels, metadata+: { uid: std.toString($.labels) } }""",
    "hidden fields of a map": """
      isi.new('a') + isi.metadata.withLabels({ a: 'b', c:: 7 }) +
      { metadata+: { uid: std.toString(std.objectFieldsAll(super.labels)) } }""",
    "a hidden field which shows later": """
      isi.metadata.withLabels({ a: 'b', c:: 'd' })
      + { metadata+: { labels+: { c::: super.c } } }""",
    "objects with methods": f"""
      local image = {RUBY} {{ tagged(tag):: self {{ to: {{ name: tag }} }} }};
      isi.new('a') + isi.spec.withImages([image, image.tagged('x')])""",
    "an assertion about a value": """
      isi.new('a') + isi.metadata.withLabels({ assert self.a == 'b', a: 'b' })""",
    "an extended library": """
      local mine = isi { metadata+: {
        withName(name): super.withName(std.asciiLower(name)),
        withOwner(owner): self.withLabelsMixin({ owner: owner }),
      } };
      mine.new('RUBY') + mine.metadata.withOwner('me') + mine.mixin.spec.withImport(false)""",
    "functions passed around": """
      local set = [isi.metadata.withUid, isi.metadata.withSelfLink, isi.spec.withImport];
      local values = ['a', 'b', true];
      std.foldl(function(o, i) o + set[i](values[i]), [0, 1, 2], isi.new('a'))""",
    "setters in comprehensions": """
      { [n]: isi.new(n) + isi.spec.withImages([
        { from: { kind: 'DockerImage', name: 'q.io/a/%s:%d' % [n, i] }, to: { name: '%d' % i } }
        for i in std.range(1, 3) if i != 2
      ]) for n in ['a', 'b'] }""",
    "null unsets": """
      isi.new('a') + isi.metadata.withCreationTimestamp(null) + isi.metadata.withLabels(null)
      + isi.spec.withImport(null) + isi.metadata.withUid(null)""",
    "plain patches": f"""
      isi.new('a') + {{ spec+: {{ images+: [{RUBY} {{ importPolicy: {{ scheduled: true }} }}] }} }}
      + {{ status: {{}} }}""",
    "a patch below a setter": f"""
      isi.new('a') + isi.spec.withImages([{RUBY}])
      + {{ spec+: {{ images: [image {{ includeManifest: true }} for image in super.images] }} }}""",
    "values used outside of manifests": f"""
      local x = isi.new('a') + isi.spec.withImages([{RUBY}, {RUBY}]);
      {{ n: std.length(x.spec.images), last: x.spec.images[1].to.name, text: std.toString(x) }}""",
    "a manifest as text": f"""
      std.manifestYamlDoc(isi.new('a') + isi.spec.withImages([{RUBY}]))""",
    "a manifest as JSON text": """
      std.manifestJsonEx(isi.new('a') + isi.metadata.withAnnotations({ a: '€ \\u0001 "' }), ' ')""",
    "the same setter in several manifests": f"""
      local images = isi.spec.withImages([{RUBY}]);
      [isi.new('a') + images, isi.new('b') + images, images]""",
    "comparisons": """
      [isi.new('a') == isi.new('a'), isi.new('a') == isi.new('b'),
       isi.metadata.withLabels({ a: 'b' }) == { metadata: { labels: { a: 'b' } } }]""",
    "std.mergePatch": f"""
      std.mergePatch(
        isi.new('a') + isi.spec.withImages([{RUBY}]), {{ metadata: {{ uid: '1' }} }})""",
    "std.prune": """
      std.prune(isi.new('a') + isi.metadata.withLabels({}) + isi.metadata.withUid(null))""",
    "std.get and std.objectHas": """
      local x = isi.new('a') + isi.metadata.withUid('u');
      [std.get(x.metadata, 'uid'), std.objectHas(x.metadata, 'name'),
       std.get(x, 'spec', 'none')]""",
    "numbers at the edges": """
      isi.metadata.withGeneration(9007199254740991)
      + isi.metadata.withDeletionGracePeriodSeconds(1e3)""",
    "text of every kind": """
      isi.new('a') + isi.metadata.withAnnotations({
        a: '', b: ' ', c: 'ä€𝄞', d: '\\u0000', e: "'", f: '"', g: '\\\\',
        h: '\\n\\r\\t', i: '\\u2028' })""",
    "tailstrict": "isi.new('a') + isi.metadata.withLabels({ a: 'b' }) tailstrict",
    "a function of the caller's": """
      local import_of(name, tag='latest') = isi.new(name) + isi.metadata.withLabels({ tag: tag });
      import_of('a', tag='b')""",
    "object-level locals": """
      isi.new('a') { local labels = { a: 'b' }, metadata+: { labels: labels } }
      + isi.metadata.withLabelsMixin({ c: 'd' })""",
}

LAZY = {
    "errors in a list whose length alone is asked": """
      std.length(isi.spec.withImages([error 'a', error 'b']).spec.images)""",
    "errors in a map whose keys alone are asked": """
      std.objectFields(isi.metadata.withLabels({ a: error 'x' }).metadata.labels)""",
    "an error in a map which a patch replaces": """
      isi.metadata.withLabels({ a: error 'x' }) + { metadata+: { labels+: { a: 'b' } } }""",
    "an error in a list which a comprehension drops": f"""
      local x = isi.spec.withImages([{RUBY}, error 'x']);
      x {{ spec+: {{ images: [super.images[0]] }} }}""",
    "endless recursion in what nobody uses": """
      local endless(n) = endless(n + 1) + 1;
      isi.metadata.withLabels({ a: endless(0) }) + { metadata+: { labels+: { a: 'b' } } }""",
}

LEANING = {
    "on the finished object": """
      { imp: isi.new('a') + isi.metadata.withLabels({ name: $.imp.metadata.name }) }""",
    "on another part of the same map": """
      { imp: isi.new('a') + isi.metadata.withLabels({ a: 'x', b: $.imp.metadata.labels.a }) }""",
    "on another part of the same list": """
      { imp: isi.new('a') + isi.spec.withImages([
        { from: { kind: 'DockerImage', name: 'q.io/a/b:1' }, to: { name: '1' } },
        { from: { kind: 'DockerImage', name: 'q.io/a/b:2' },
          to: { name: $.imp.spec.images[0].to.name + '-next' } }]) }""",
    "on its own length": """
      { imp: isi.new('a') + isi.metadata.withFinalizers(
        ['a.b/c', 'a.b/n' + std.length($.imp.metadata.finalizers)]) }""",
    "on what a later mixin form adds": f"""
      {{ imp: isi.new('a') + isi.spec.withImages([{RUBY}])
        + isi.metadata.withLabels({{ n: 'n%d' % std.length($.imp.spec.images) }})
        + isi.spec.withImagesMixin(
          [{RUBY} {{ to: {{ name: $.imp.spec.images[0].to.name + 'x' }} }}])
      }}""",
    "on its own keys": """
      { imp: isi.new('a') + isi.metadata.withLabels(
        { a: 'x', b: std.join('.', std.objectFields($.imp.metadata.labels)) }) }""",
    "on a sibling through a mixin form": """
      { imp: isi.new('a') + isi.metadata.withLabels({ a: 'x' })
        + isi.metadata.withLabelsMixin({ b: $.imp.metadata.labels.a, c: $.imp.metadata.labels.b }) }
    """,
    "with super in a mixin argument": f"""
      isi.new('a') + isi.spec.withImages([{RUBY}]) + {{
        spec+: isi.spec.withImagesMixin(
          [image {{ to: {{ name: 'x' }} }} for image in super.spec.images]).spec
      }}""",
    "on itself with super in a mixin argument": """
      isi.new('a') + isi.metadata.withLabels({ a: 'x' }) + {
        metadata+: isi.metadata.withLabelsMixin(
          { local labels = self, b: 'y', c: labels.b + $.metadata.labels.a }).metadata
      }""",
    "on super and itself": """
      isi.new('a') + isi.metadata.withLabels({ a: 'x' }) + {
        local this = self,
        metadata+: { labels: isi.metadata.withLabels(
          super.labels { b: this.metadata.labels.a, c: this.metadata.labels.b }).metadata.labels }
      }""",
    "outside of any manifest": """
      local x = { value: isi.metadata.withLabels({ a: 'x', b: x.value.metadata.labels.a }) }; x""",
    "two manifests on each other": """
      { a: isi.new('a') + isi.metadata.withLabels({ x: '1', y: $.b.metadata.labels.x }),
        b: isi.new('b') + isi.metadata.withLabels({ x: '2', y: $.a.metadata.labels.x }) }""",
    "deep in one image": """
      { imp: isi.new('a') + isi.spec.withImages([
        { from: { kind: 'DockerImage', name: 'q.io/a/b:' + $.imp.spec.images[0].to.name },
          to: { name: '1' } }]) }""",
    "an owner on its own name": """
      { imp: isi.new('a') + isi.metadata.withOwnerReferences([
        { apiVersion: 'v1', kind: 'ConfigMap', name: 'o',
          uid: $.imp.metadata.ownerReferences[0].name }
      ]) }""",
    "a scalar of another field": """
      { imp: isi.new($.imp.metadata.namespace + '-x') + isi.metadata.withNamespace('ns') }""",
    "in a manifest that is only printed": """
      local imp = isi.new('a') + isi.metadata.withLabels({ a: 'x', b: imp.metadata.labels.a });
      { text: std.manifestJson(imp) }""",
}


UNCHECKABLE = {**LAZY, **LEANING}
"""Templates with a value that cannot be checked when it is set.

It may lean on the finished object, or have an error in a part that nobody uses.
"""

ALL = {**TEMPLATES, **UNCHECKABLE}


def together(templates):
    """One template for many, as each start of a VM takes its time."""
    return IMPORT + "[" + ",\n".join(f"({template})" for template in templates.values()) + "]"


def each(templates, values):
    return dict(zip(templates, map(canonical, values), strict=True))


@pytest.mark.parametrize("template", ALL.values(), ids=ALL)
def test_a_template_means_the_same_with_checks(engine, template, plain):
    value = evaluate_snippet(IMPORT + template, engine=engine)
    assert canonical(value) == expected(template, plain)


def test_templates_mean_the_same_without_checks(engine, plain):
    values = evaluate_snippet(together(ALL), engine=engine, check=False)
    assert each(ALL, values) == {name: expected(ALL[name], plain) for name in ALL}


def test_templates_mean_the_same_in_an_own_evaluator(engine, plain):
    """Without our natives, where a value cannot be checked: there is no second try there."""
    for templates, natives in ((TEMPLATES, native_callbacks()), (UNCHECKABLE, {})):
        values = own_evaluator(engine, together(templates), natives)
        wanted = {name: expected(template, plain) for name, template in templates.items()}
        assert each(templates, values) == wanted


def test_every_function_takes_its_value_by_position_and_by_parameter_name(engine):
    calls, plain_ones = [], []
    for function in reference.documented():
        value = json.dumps(reference.valid(function))
        for root in ("isi", "isi.mixin"):
            name = ".".join((root, *function.scope, function.name))
            calls += [f"{name}({value})", f"{name}({function.parameter}={value})"]
            plain_ones += [function.plain(value)] * 2
    code = f"{IMPORT}[{', '.join(calls)}]"
    outcome = canonical(evaluate_snippet(f"[{', '.join(plain_ones)}]", check=False))
    assert canonical(evaluate_snippet(code, engine=engine)) == outcome
    assert canonical(evaluate_snippet(code, engine=engine, check=False)) == outcome
    assert canonical(own_evaluator(engine, code, native_callbacks())) == outcome


def test_null_passes_every_function_but_those_which_make_an_entry_of_it(engine, plain):
    """The server takes a null entry for an empty one, and such an image imports nothing."""
    calls = [
        ".".join(("isi", *function.scope, function.name)) + "(null)"
        for function in reference.documented()
        if function.field not in ("metadata.finalizers", "metadata.ownerReferences", "spec.images")
    ]
    assert len(calls) == 44
    template = f"[{', '.join(calls)}]"
    outcome = expected(template, plain)
    assert canonical(evaluate_snippet(IMPORT + template, engine=engine)) == outcome
    assert canonical(own_evaluator(engine, IMPORT + template, native_callbacks())) == outcome


# One VM start for many sums: the C++ VM takes 28 ms for that.
SUMS_PER_VM = 25


def text():
    return st.text("abc019-./ é€𝄞\"'\\\n", max_size=9)


def names():
    return st.from_regex(r"[a-z0-9]([a-z0-9]{0,6}[a-z0-9])?", fullmatch=True)


IMAGE = st.fixed_dictionaries(
    {
        "from": st.fixed_dictionaries(
            {"kind": st.just("DockerImage"), "name": names().map("quay.io/org/{}:1".format)}
        )
    },
    optional={
        "to": st.fixed_dictionaries({"name": names()}),
        "importPolicy": st.fixed_dictionaries({"scheduled": st.booleans()}),
        "includeManifest": st.booleans(),
    },
)

ENTRIES = {
    "metadata.finalizers": names().map("example.com/{}".format),
    "metadata.initializers.pending": st.fixed_dictionaries({"name": names()}),
    "metadata.initializers.result.details.causes": st.fixed_dictionaries({"field": text()}),
    "metadata.ownerReferences": st.fixed_dictionaries({key: names() for key in reference.OWNER}),
    "spec.images": IMAGE,
}

VALUES = {
    "metadata.annotations": st.dictionaries(names(), text(), max_size=3),
    "metadata.creationTimestamp": st.datetimes(datetime(1000, 1, 1)).map(
        "{:%Y-%m-%dT%H:%M:%SZ}".format
    ),
    "metadata.deletionGracePeriodSeconds": st.integers(-(2**53), 2**53),
    "metadata.deletionTimestamp": st.just("2021-01-02T03:04:05Z"),
    "metadata.generateName": names(),
    "metadata.generation": st.integers(0, 2**53),
    "metadata.initializers.result.code": st.integers(-(2**31), 2**31 - 1),
    "metadata.labels": st.dictionaries(names(), names(), max_size=3),
    "metadata.name": names(),
    "metadata.namespace": names(),
    "spec.import": st.booleans(),
    "spec.repository.from.kind": st.just("DockerImage"),
    "spec.repository.from.name": names().map("quay.io/org/{}".format),
}


def values(function):
    """Values the server accepts, as the function takes them."""
    if function.field in ENTRIES:
        entry = ENTRIES[function.field]
        return entry | st.lists(entry, max_size=3)
    if function.field in VALUES:
        strategy = VALUES[function.field]
    elif function.field in reference.VALID:
        strategy = st.just(reference.valid(function))
    else:
        strategy = text()
    # Adding to null is an error of Jsonnet's own.
    is_map = function.field in ("metadata.annotations", "metadata.labels")
    return strategy if is_map else strategy | st.none()


@st.composite
def terms(draw):
    """One term of a sum, with our library and spelled out."""
    function = draw(st.sampled_from(reference.documented()))
    value = draw(values(function))
    literal = json.dumps(value)
    name = ".".join((draw(st.sampled_from(["isi", "isi.mixin"])), *function.scope, function.name))
    parameter = draw(st.sampled_from(["", f"{function.parameter}="]))
    return f"{name}({parameter}{literal})", function.plain(literal)


SUMS = st.lists(st.lists(terms(), min_size=1, max_size=8), min_size=1, max_size=SUMS_PER_VM)


@pytest.mark.slow
@settings(max_examples=20)
@given(SUMS)
def test_any_sum_of_setters_equals_the_same_sum_of_plain_objects(sums):
    ours, plain_ones = (
        ",\n".join(" + ".join(term[side] for term in terms) for terms in sums) for side in (0, 1)
    )
    outcome = canonical(evaluate_snippet(f"[{plain_ones}]", check=False))
    code = f"{IMPORT}[{ours}]"
    assert canonical(evaluate_snippet(code)) == outcome
    assert canonical(own_evaluator("jsonnet", code, native_callbacks())) == outcome
