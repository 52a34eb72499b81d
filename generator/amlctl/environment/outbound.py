"""Hosts that Azure documents for what people do in a workspace whose network admits approved hosts alone.

Source: azure-ai-docs, how-to-managed-network (050f182), the scenarios "Access public machine learning packages", "Use
Visual Studio Code desktop or web" and "Use HuggingFace models". The host of a Python index is never built in:
``network.python_index`` names it.
"""

from __future__ import annotations

PRESETS: dict[str, tuple[str, ...]] = {
    "conda": ("anaconda.com", "*.anaconda.com", "*.anaconda.org"),
    "huggingface": (
        "docker.io",
        "*.docker.io",
        "*.docker.com",
        "production.cloudflare.docker.com",
        "cdn.auth0.com",
        "cdn-lfs.huggingface.co",
    ),
    "vscode": (
        "*.vscode.dev",
        "vscode.blob.core.windows.net",
        "*.gallerycdn.vsassets.io",
        "raw.githubusercontent.com",
        "*.vscode-unpkg.net",
        "*.vscode-cdn.net",
        "*.vscodeexperiments.azureedge.net",
        "default.exp-tas.com",
        "code.visualstudio.com",
        "update.code.visualstudio.com",
        "*.vo.msecnd.net",
        "marketplace.visualstudio.com",
        "vscode.download.prss.microsoft.com",
    ),
}
CONDA_HOSTS = ("conda.anaconda.org", "repo.anaconda.com")
"""Where the channels ``conda-forge`` and ``defaults`` are served from."""


def covers(rules: tuple[str, ...], host: str) -> bool:
    """Tell whether one of some FQDN rules admits a host; ``*.x`` admits every host below x."""
    return any(host == rule or (rule.startswith("*.") and host.endswith(rule[1:])) for rule in rules)
