"""What people get wrong, and that the first line they are shown is enough to put it right."""

import pytest
from support.engines import SLOW_ON_CPP

from pyimagestream.cli.main import main

HEAD = "local isi = import 'imageStreamImport.libsonnet';\n"
IMAGE = "{ from: { kind: 'DockerImage', name: 'quay.io/org/ruby:2.7' }, to: { name: '2.7' } }"


def images(entry: str) -> str:
    return HEAD + f"isi.new('ruby')\n+ isi.spec.withImport(true)\n+ isi.spec.withImages([{entry}])"


def stream(call: str) -> str:
    return images(IMAGE) + f"\n+ isi.{call}"


MISTAKES = {
    "a misspelt function": (
        HEAD + "isi.new('ruby')\n+ isi.metadata.withNamespac('a')",
        [":3:3:", "withNamespac", "did you mean `withNamespace`?"],
    ),
    "form for from": (
        images("{ form: { kind: 'DockerImage', name: 'quay.io/org/ruby:2.7' } }"),
        [":4:24:", "images[0].from.kind", 'did you mean from by "form"?'],
    ),
    "a text for a boolean": (
        stream("spec.withImport('true')"),
        [":5:23:", "spec.import", "must be a boolean", '"true"'],
    ),
    "a number for a tag": (
        images(IMAGE.replace("'2.7' } }", "2.7 } }")),
        [":4:99:", "spec.images[0].to.name", "must be a string, not 2.7"],
    ),
    "a text for an object": (
        images(IMAGE.replace("{ name: '2.7' }", "'2.7'")),
        [":4:91:", "spec.images[0].to", "must be an object", '"2.7"'],
    ),
    "a scheme in a pull spec": (
        images(IMAGE.replace("quay.io", "docker://quay.io")),
        [":4:61:", "spec.images[0].from.name", "must not start with a scheme"],
    ),
    "capitals in a pull spec": (
        images(IMAGE.replace("org/ruby", "Org/Ruby")),
        [":4:61:", "spec.images[0].from.name", "lower case"],
    ),
    "a missing comma": (
        "{\n  a: 1\n  b: 2,\n}",
        [":3:3:", "comma before next field"],
    ),
    "a forgotten import": (
        "isi.new('ruby')\n+ isi.spec.withImport(true)",
        [":1:1:", "isi", "is `local isi = import 'imageStreamImport.libsonnet';` missing?"],
    ),
    "a variable of another name": (
        HEAD + "local image(t) = { to: { name: tag } };\n" + "image('a')",
        [":2:32:", "tag", "did you mean `t`?"],
    ),
    "a list for labels": (
        stream("metadata.withLabels(['a'])"),
        [":5:27:", "metadata.labels", "must be an object, not an array"],
    ),
    "a kind of another source": (
        images(IMAGE.replace("'DockerImage'", "'ImageStreamTag'")),
        [":4:40:", "spec.images[0].from.kind", 'must be DockerImage, not "ImageStreamTag"'],
    ),
    "an import in another case": (
        "local isi = import 'imagestreamimport.libsonnet';\nisi.new('ruby')",
        [":1:13:", "did you mean 'imageStreamImport.libsonnet'?"],
    ),
    "one argument too many": (
        HEAD + "isi.new('ruby', 'images')",
        [":2:1:", "in the call of isi.new"],
    ),
    "a forgotten plus": (
        HEAD + "isi.new('ruby')\nisi.spec.withImport(true)",
        [":3:1:", 'is a sign such as + or a comma missing in front of "isi"?'],
    ),
    "a repository with a tag": (
        stream("spec.repository.from.withKind('DockerImage')")
        + " + isi.spec.repository.from.withName('quay.io/org/ruby:2.7')",
        [":5:88:", "spec.repository.from.name", "must be a repository without tag or digest"],
    ),
    "no kind": (
        images("{ from: { name: 'quay.io/org/ruby:2.7' } }"),
        [":4:32:", "images[0].from.kind", "must be DockerImage, and must not be left out"],
    ),
    "a function of another place": (
        HEAD + "isi.new('ruby')\n+ isi.withImport(true)",
        [":3:3:", "withImport", "did you mean `isi.spec.withImport`?"],
    ),
    "labels that are no texts": (
        stream("metadata.withLabels({ port: 80 })"),
        [":5:35:", "metadata.labels[port]", "must be a string, not 80"],
    ),
    "a function that is not called": (
        HEAD + "isi.new('ruby')\n+ isi.spec.withImport",
        [":2:1:", "a function was not called: is its () missing?"],
    ),
    "a missing semicolon": (
        "local isi = import 'imageStreamImport.libsonnet'\nisi.new('ruby')",
        [":2:1:", "is the `;` missing that ends a `local`?"],
    ),
    "importMode in another case": (
        images(IMAGE.replace("to:", "importPolicy: { importMode: 'preserveOriginal' }, to:")),
        [":4:115:", "importPolicy.importMode", "must be Legacy or PreserveOriginal"],
    ),
    "importMode of a repository": (
        HEAD + "isi.new('a')\n+ isi.spec.repository.importPolicy.withImportMode('Legacy')",
        [":3:3:", "`{ spec+: { repository+: { importPolicy+: { importMode: ... } } } }`"],
    ),
    "an ext var nobody set": (
        HEAD + "isi.new(std.extVar('team'))",
        [":2:9:", "team", "set it with --ext-str team=..."],
    ),
    "an argument nobody gave": (
        "function(tag) { a: tag }",
        ["tag", "set it with --tla-str tag=..."],
    ),
    "a function for an object of fields": (
        stream("spec.withRepository({})"),
        [":5:3:", "withRepository", "the functions in `isi.spec.repository`"],
    ),
    "the beginning of a name": (
        HEAD + "isi.new('ruby')\n+ isi.meta.withNamespace('a')",
        [":3:3:", "meta", "did you mean `metadata`?"],
    ),
    "a boolean of Python": (
        stream("spec.withImport(True)"),
        [":5:23:", "True", "in Jsonnet it is `true`"],
    ),
    "a boolean of YAML": (
        stream("spec.withImport(yes)"),
        [":5:23:", "yes", "in Jsonnet it is `true`"],
    ),
    "the words of another language": (
        "if true and false then 1",
        [":1:9:", "in Jsonnet it is `&&`"],
    ),
    "a branch of another language": (
        "if true then 1 elif false then 2",
        [":1:16:", "in Jsonnet it is `else if`"],
    ),
    "an import without quotes": (
        "local isi = import imageStreamImport.libsonnet;\nisi.new('ruby')",
        [":1:20:", "the name of a file stands in quotes"],
    ),
    "an import of a directory": (
        "local here = import '.';\nhere",
        [":1:14:", "cannot import '.'", "this is a directory, not a file"],
    ),
    "a field of null": (
        "local given = { a: null };\ngiven.a.b",
        [":2:1:", "it is null, which has no fields"],
    ),
    "an if without else": (
        HEAD + "isi.new('ruby')\n+ (if false then { a: 1 })",
        [":2:1:", "is an `else` missing?"],
    ),
    "YAML in a template": (
        "# app\n---\napiVersion: image.openshift.io/v1\n",
        [":3:11:", "this is YAML"],
    ),
    "a semicolon behind all": (
        HEAD + "isi.new('ruby');\n",
        [":2:16:", "a `;` stands behind `local` and `assert` only"],
    ),
    "blanks in a pull spec": (
        images(IMAGE.replace("ruby:2.7", "ruby: 2.7")),
        [":4:61:", "images[0].from.name", "without blanks"],
    ),
    "a digest that was cut": (
        images(IMAGE.replace("ruby:2.7", "ruby@sha256:4bcf")),
        [":4:61:", "images[0].from.name", '"sha256:4bcf" is no whole digest'],
    ),
    "the source beside from": (
        images("{ kind: 'DockerImage', from: { name: 'quay.io/org/ruby:2.7' } }"),
        [":4:", "images[0].from.kind", 'did you mean from.kind by "kind"?'],
    ),
    "the way to a file on the jpath": (
        "import 'lib/imageStreamImport.libsonnet'",
        [":1:1:", "did you mean 'imageStreamImport.libsonnet'?"],
    ),
    "a choice of another language": (
        "true ? 1 : 2",
        [":1:6:", "Jsonnet chooses by `if a then b else c`"],
    ),
    "a function of another language": (
        "local f = x => x;\nf(1)",
        [":1:13:", "a function is written `function(x) ...`"],
    ),
    "a comparison of another language": (
        "1 === 2",
        [":1:3:", "in Jsonnet it is `==`"],
    ),
    "a named argument with a colon": (
        HEAD + "isi.new(name: 'ruby')",
        [":2:13:", "a named argument is written `name=value`"],
    ),
    "a name with a dot": (
        "{ a.b: 1 }",
        [":1:4:", "a name with . in it is put in quotes"],
    ),
    "a number for a name": (
        "{ 1: 'a' }",
        [":1:3:", "a name that is a number is put in quotes"],
    ),
    "a computed name without brackets": (
        "{ x: 1 for x in ['a'] }",
        [":1:8:", "a name that is computed is written `[name]: value`"],
    ),
    "a field of a number": (
        "local given = 1;\ngiven.a",
        [":2:1:", "it is a number, which has no fields"],
    ),
    "a word of Jsonnet as a field": (
        "{ spec: { import: true } }",
        [":1:11:", "import is a word of Jsonnet: write 'import' for the field"],
    ),
}


@pytest.mark.parametrize("engine", SLOW_ON_CPP)
@pytest.mark.parametrize("mistake", MISTAKES)
@pytest.mark.parametrize("command", ["eval", "validate"])
def test_the_first_line_is_enough(mistake, command, engine, tmp_path, monkeypatch, capfd):
    code, needed = MISTAKES[mistake]
    monkeypatch.chdir(tmp_path)
    (tmp_path / "app.jsonnet").write_text(code)
    assert main([command, "app.jsonnet", "--engine", engine]) == 1
    out, err = capfd.readouterr()
    first = (out or err).splitlines()[0]
    assert first.startswith("app.jsonnet:")
    assert [part for part in needed if part not in first] == [], first
