"""The resource model: what the kinds of image.openshift.io/v1 consist of."""
