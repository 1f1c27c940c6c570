"""C++ code from .proto files, by Debian's protoc and grpc_cpp_plugin."""

def _stem(src):
    if not src.endswith(".proto"):
        fail("not a .proto file: " + src)
    return src[:-len(".proto")]

def mesh_proto_library(name, srcs, deps = [], grpc = False, visibility = None):
    """Makes the cc_library `name` of the messages, and with `grpc` the services, in `srcs`.

    Included as "mesh/<package>/<file>.pb.h": import paths start at //proto.

    Args:
      name: the cc_library.
      srcs: .proto files of this package.
      deps: mesh_proto_library targets that `srcs` import.
      grpc: whether `srcs` define services.
      visibility: of the cc_library.
    """
    outs = []
    sources = []
    headers = []
    for src in srcs:
        stem = _stem(src)
        headers.append(stem + ".pb.h")
        sources.append(stem + ".pb.cc")
        if grpc:
            headers.append(stem + ".grpc.pb.h")
            sources.append(stem + ".grpc.pb.cc")
    outs = sources + headers

    native.filegroup(
        name = name + "_srcs",
        srcs = srcs + [dep + "_srcs" for dep in deps],
        visibility = ["//proto:__subpackages__"],
    )

    command = "protoc --proto_path=proto --cpp_out=$(GENDIR)/proto"
    if grpc:
        command += " --grpc_out=$(GENDIR)/proto --plugin=protoc-gen-grpc=$$(command -v grpc_cpp_plugin)"
    native.genrule(
        name = name + "_gen",
        srcs = [":" + name + "_srcs"],
        outs = outs,
        cmd = command + " " + " ".join([native.package_name() + "/" + src for src in srcs]),
        message = "Generating C++ from " + name,
    )

    native.cc_library(
        name = name,
        srcs = sources,
        hdrs = headers,
        # Generated code is not ours to warn about.
        copts = ["-w"],
        strip_include_prefix = "/proto",
        deps = deps + (["//third_party:grpc"] if grpc else ["//third_party:protobuf"]),
        visibility = visibility,
    )
