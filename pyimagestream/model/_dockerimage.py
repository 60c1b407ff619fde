"""The description of an image in the words of Docker, which is not part of the API.

The server reads it once the rest is decoded. Its fields come from openshift/api
(image/docker10), which `pre012` has too.
"""

from __future__ import annotations

from ._fields import array, boolean, integer, map_of, obj, string, string_map, time

_CONFIG = obj(
    AttachStderr=boolean(),
    AttachStdin=boolean(),
    AttachStdout=boolean(),
    Cmd=array(string()),
    CpuShares=integer(),
    Cpuset=string(),
    Dns=array(string()),
    Domainname=string(),
    Entrypoint=array(string()),
    Env=array(string()),
    ExposedPorts=map_of(obj()),
    Hostname=string(),
    Image=string(),
    Labels=string_map(),
    Memory=integer(),
    MemorySwap=integer(),
    NetworkDisabled=boolean(),
    OnBuild=array(string()),
    OpenStdin=boolean(),
    PortSpecs=array(string()),
    SecurityOpts=array(string()),
    StdinOnce=boolean(),
    Tty=boolean(),
    User=string(),
    Volumes=map_of(obj()),
    VolumesFrom=string(),
    WorkingDir=string(),
)

DOCKER_IMAGE = obj(
    apiVersion=string(),
    Architecture=string(),
    Author=string(),
    Comment=string(),
    Config=_CONFIG,
    Container=string(),
    ContainerConfig=_CONFIG,
    Created=time(),
    DockerVersion=string(),
    Id=string(),
    kind=string(),
    Parent=string(),
    Size=integer(),
)
