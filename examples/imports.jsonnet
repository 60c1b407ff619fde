// Image streams for one environment: `pyimagestream eval examples/imports.jsonnet -V env=dev`
local entry = import 'imageImportSpec.libsonnet';
local isi = import 'imageStreamImport.libsonnet';

local env = std.extVar('env');

// One entry of spec.images: from where, to which tag, and whether the tag follows its source.
local image(repository, tag) =
  entry.new(repository + ':' + tag, tag) + entry.importPolicy.withScheduled(env == 'prod');

local stream(name) =
  isi.new(name)
  + isi.metadata.withNamespace('images-' + env)
  + isi.spec.withImport(true);

{
  ruby: stream('ruby') + isi.spec.withImages([
    image('quay.io/sclorg/ruby-31-c9s', tag)
    for tag in ['20240101', '20240201']
  ]),

  // For nodes of several architectures, all manifests of the image.
  nginx: stream('nginx') + isi.spec.withImages([
    image('quay.io/sclorg/nginx-124-c9s', '20240101')
    + entry.importPolicy.withImportMode('PreserveOriginal'),
  ]),
}
