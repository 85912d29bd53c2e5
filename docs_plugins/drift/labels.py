"""Decimals that name something and are no results: versions, numbers of figures, addresses.

>>> is_label("runs on Python ", "3.11", "")
True
>>> is_label("the adjoint is ", "3.11", "")
False
"""

from __future__ import annotations

import re

LOOKED_AT = 64  # characters on either side
_COUNTED = "|".join(
    "figures? figs? tables? tabs? sections? secs? chapters? chaps? chs? equations? eqs? eqns?"
    " appendix listings? algorithms? theorems? lemmas? corollary definitions? propositions?"
    " exercises? (?<!for.)examples?".split()
)
# what has versions, of the names that are no words of a text about numbers: no edge, node or net
_NAMES = frozenset(
    # languages
    "python cpython pypy java javascript typescript ecmascript ruby golang rust julia perl php lua"
    " luajit scala kotlin haskell ghc erlang elixir ocaml fortran matlab octave mathematica stata"
    " tex latex texlive luatex c++ c# f# .net dotnet solidity"
    # libraries and what pages are made with
    " numpy scipy pandas matplotlib sympy numba cython jupyter ipython torch pytorch torchvision"
    " tensorflow jax jaxlib flax optax keras theano caffe mxnet onnx cuda cudnn nccl rocm opencl"
    " opengl webgl webgpu vulkan openmp openmpi blas openblas lapack qt gtk jquery"
    " angular svelte katex mathjax sphinx mkdocs zensical markdown material pandoc hugo jekyll"
    " django flask fastapi laravel"
    # tools
    " gcc clang llvm cmake glibc musl bazel gradle maven ninja npm yarn pnpm deno webpack"
    " eslint pip conda miniconda anaconda poetry setuptools pytest mypy ruff pylint git github"
    " gitlab docker podman kubernetes ansible terraform jenkins bash zsh powershell emacs vim"
    " neovim vscode intellij pycharm ffmpeg gimp inkscape blender imagemagick openssl openssh"
    # servers and databases
    " nginx apache tomcat caddy haproxy mysql mariadb postgres postgresql sqlite redis mongodb"
    " elasticsearch kafka rabbitmq"
    # systems and browsers
    " ubuntu debian fedora centos rhel opensuse freebsd openbsd netbsd linux windows macos ios"
    " ipados android chrome chromium firefox safari opera webkit"
    # protocols, standards and licences
    " tls dtls ssl http https quic ssh oauth openid saml mqtt grpc protobuf graphql bluetooth usb"
    " hdmi pcie html xhtml css svg xml mathml json yaml toml unicode openapi wcag gpl lgpl"
    " agpl mpl doi".split()
)
# what else is listed there: Python 3.10, 3.11 and 3.12
_LISTED = re.compile(r"(?:\d+\.\d+\)?(?:\s?[–/&-]\s?|,\s|,?\s(?:and|or|to)\s)\(?){1,4}\Z")
_BEFORE = re.compile(
    # Figure 3.11, eq. (3.11), version: 3.11
    rf"(?:(?i:\b(?:{_COUNTED})\b\.?|\b(?:versions?|ver|releases?)\b[.:]?|§)\s{{0,4}}\(?"
    # a licence
    r"|\bCC BY(?:-[A-Z]{2}){0,2}\s"
    # any other name with a capital inside, as PyTorch, in the same phrase
    r"|\b[A-Za-z]+[a-z][A-Z][A-Za-z]*\s"
    # a requirement: >=3.11, python==3.11, numpy<3.11
    r"|[<>~!]=\s?|[^\W\d]\w(?:==|[<>]))\Z"
)
_NAME = re.compile(r"(?<![\w.-])(\.?[A-Za-z][\w.+#-]{0,24}?)[.:]?(\s{0,4})\(?\Z")
_BESIDE = frozenset({"", " ", "\u00a0"})
# 3.11+, Figure 3.11a, 3.11.*
_AFTER = re.compile(r"(?:[a-d]|rc|dev|alpha|beta|post)\b|\+(?!\s?[\w(])|\.\*")
# 10.1145/3292500, 10.48550/arXiv.1502.05767, and no quotient
_DOI = re.compile(r"10\.\d{4,9}/(?:[A-Za-z(][\w.();:-]*\d{3}|\d{5})")


def is_label(before: str, digits: str, after: str) -> bool:
    """Whether a decimal between these texts is the name of something."""
    if _DOI.match(digits + after):
        return True
    decimals = len(digits.partition(".")[2])
    before = _LISTED.sub("", before[-LOOKED_AT:])
    name = _NAME.search(before)
    if name is not None and _has_versions(name[1].lower()):
        beside = name[2] in _BESIDE  # in a table's next cell may be what something takes
        return decimals <= 2 + beside or (name[1].lower() == "doi" and after.startswith("/"))
    return decimals <= 2 and bool(_BEFORE.search(before) or _AFTER.match(after))


def _has_versions(name: str) -> bool:
    return name in _NAMES or name.endswith(".js")
