// Image streams for one environment: `pyimagestream eval examples/imports.jsonnet -V env=dev`
local entry = import 'imageImportSpec.libsonnet';
local isi = import 'imageStreamImport.libsonnet';

local env = std.extVar('env');

// One entry of spec.images: from where, to which tag.
local image(pullSpec, tag) =
  entry.from.withKind('DockerImage')
  + entry.from.withName(pullSpec + ':' + tag)
  + entry.to.withName(tag);

local stream(name) =
  isi.new(name)
  + isi.metadata.withNamespace('images-' + env)
  + isi.metadata.withLabels({ 'app.kubernetes.io/managed-by': 'pyimagestream', env: env })
  + isi.spec.withImport(true);

{
  // Single images. What a helper has no function for is a plain patch.
  ruby: stream('ruby') + isi.spec.withImages([
    image('quay.io/sclorg/ruby-31-c9s', tag) + entry.importPolicy.withScheduled(env == 'prod')
    for tag in ['20240101', '20240201']
  ]),

  // A whole repository.
  nginx: stream('nginx')
         + isi.spec.repository.from.withKind('DockerImage')
         + isi.spec.repository.from.withName('quay.io/sclorg/nginx-124-c9s')
         + isi.spec.repository.referencePolicy.withType('Local'),
}
