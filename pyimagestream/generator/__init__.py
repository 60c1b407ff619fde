"""The generator: the resource model in, the files people import and read out."""
