"""Every ARM call that amlctl makes, through the official packages: dictionaries in, dictionaries out.

Deployments live in azure-mgmt-resource-deployments since azure-mgmt-resource 26; every scope goes through its
``*_at_scope`` calls. Resources are generic calls with the API version that the template pins. The long-running calls
return at once (``polling=False``): the waiting, with its clock, is the caller's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from amlctl.azure.connection import Connection, Identity
from amlctl.azure.refusals import refused, translated, unreadable

if TYPE_CHECKING:
    from azure.core.credentials import TokenCredential
    from azure.mgmt.machinelearningservices import MachineLearningServicesMgmtClient
    from azure.mgmt.resource.deployments import DeploymentsMgmtClient
    from azure.mgmt.resource.resources import ResourceManagementClient

Document = dict[str, Any]
Item = TypeVar("Item")
ODD = (AttributeError, KeyError, TypeError, ValueError)
"""What the SDK's reading of documents raises where an answer has another shape, such as a page of HTML."""
NOT_FOUND = 404


class Arm:
    """ARM, as one signed-in identity sees one subscription."""

    def __init__(self, connection: Connection, credential: TokenCredential, identity: Identity) -> None:
        self.connection = connection
        self.identity = identity
        self._credential = credential

    # Deployments, at any scope: "/subscriptions/{id}" or "/subscriptions/{id}/resourceGroups/{name}".

    def validate(self, scope: str, name: str, body: Document) -> Document:
        """Ask ARM to validate a deployment and return its answer. Raises AzureRefused with ARM's reasons."""
        with _refusals():
            calls: Any = self._deployments.deployments  # its types name models; plain documents are accepted too
            answer: Document = (
                calls.begin_validate_at_scope(_bare(scope), name, body, polling_interval=1).result().as_dict()
            )
        if answer.get("error"):
            raise refused(answer["error"])
        return answer

    def begin_deployment(self, scope: str, name: str, body: Document) -> None:
        """Put a deployment; returns when ARM has accepted it."""
        with _refusals():
            calls: Any = self._deployments.deployments
            calls.begin_create_or_update_at_scope(_bare(scope), name, body, polling=False)

    def deployment(self, scope: str, name: str) -> Document | None:
        """Read a deployment, or None where there is none."""
        return _or_none(lambda: self._deployments.deployments.get_at_scope(_bare(scope), name).as_dict())

    def deployments(self, scope: str) -> list[Document]:
        """List the deployments of a scope, newest history first as ARM gives it; none where the scope is not there."""
        return _or_none(lambda: [d.as_dict() for d in self._deployments.deployments.list_at_scope(_bare(scope))]) or []

    def operations(self, scope: str, name: str) -> list[Document]:
        """List the operations of a deployment so far; none if a replica of ARM does not know the deployment yet."""

        def ask() -> list[Document]:
            operations = self._deployments.deployment_operations.list_at_scope(_bare(scope), name)
            return [operation.as_dict() for operation in operations]

        return _or_none(ask) or []

    def deployed_template(self, scope: str, name: str) -> Document | None:
        """Read back the template that a deployment was made from; None where its history is gone."""
        answer = _or_none(lambda: self._deployments.deployments.export_template_at_scope(_bare(scope), name).as_dict())
        template = answer.get("template") if answer else None
        return template if isinstance(template, dict) else None

    def delete_deployment(self, scope: str, name: str) -> None:
        """Delete a deployment from the history; no resource is touched."""
        with _refusals():
            self._deployments.deployments.begin_delete_at_scope(_bare(scope), name, polling=False)

    # Resources, by id and with a pinned API version.

    def read(self, resource_id: str, api_version: str) -> Document | None:
        """Read a resource, or None where it does not exist."""
        if "/providers/" not in resource_id:
            return self._resource_group(resource_id)
        return _or_none(lambda: self._resources.resources.get_by_id(resource_id, api_version=api_version).as_dict())

    def put(self, resource_id: str, api_version: str, body: Document) -> Document:
        """Create or update a resource and wait for it."""
        with _refusals():
            poller = self._resources.resources.begin_create_or_update_by_id(
                resource_id, body, api_version=api_version, polling_interval=1
            )
            return dict(poller.result().as_dict())

    def call(self, resource_id: str, action: str, api_version: str, body: Document) -> None:
        """Call an action of a resource: a POST whose answer is not needed."""
        from azure.core.rest import HttpRequest

        with _refusals():
            request = HttpRequest("POST", f"{resource_id}/{action}?api-version={api_version}", json=body)
            self._resources.send_request(request).raise_for_status()

    def children(self, parent_id: str, kind: str, api_version: str) -> list[Document]:
        """List the children of a resource: ``kind`` is the last segment of their type, pages are followed."""
        found: list[Document] = []
        url: str | None = f"{parent_id}/{kind}?api-version={api_version}"
        while url:
            page = self._get(url)
            found += (page or {}).get("value", [])
            url = (page or {}).get("nextLink")
        return found

    def subscription(self) -> Document | None:
        """Read the subscription's own document: its state, name and tenant."""
        return self._get(f"/subscriptions/{self.connection.subscription_id}?api-version=2022-12-01")

    def permissions(self, scope: str) -> list[Document] | None:
        """List what the caller may do at a subscription or resource group; None if the scope does not exist."""
        page = self._get(f"{scope}/providers/Microsoft.Authorization/permissions?api-version=2022-04-01")
        return None if page is None else list(page.get("value") or [])

    def provider_state(self, namespace: str) -> str:
        """Read whether a resource provider is registered: ``Registered``, ``NotRegistered``, ``Registering``…"""
        found = self._get(f"{self._subscription}/providers/{namespace}?api-version=2021-04-01")
        return str((found or {}).get("registrationState") or "NotRegistered")

    def register_provider(self, namespace: str) -> None:
        """Ask ARM to register a resource provider; it goes on afterwards."""
        self.call(f"{self._subscription}/providers/{namespace}", "register", "2021-04-01", {})

    @property
    def _subscription(self) -> str:
        return f"/subscriptions/{self.connection.subscription_id}"

    # What is no resource: azure-mgmt-machinelearningservices.

    def usages(self, location: str) -> list[Document]:
        """List the cores used and allowed in a region, a VM family an entry (dedicated and low priority apart)."""
        return self._listed(lambda: self._machine_learning.usages.list(location))

    def quotas(self, location: str) -> list[Document]:
        """List the quotas of a region by workspace and VM family."""
        return self._listed(lambda: self._machine_learning.quotas.list(location))

    def vm_sizes(self, location: str) -> list[Document]:
        """List the VM sizes that a region offers to Azure Machine Learning."""
        with _refusals():
            answer = self._machine_learning.virtual_machine_sizes.list(location).serialize(keep_readonly=True)
        sizes: list[Document] = answer.get("value") or answer.get("amlCompute") or []
        return sizes

    def _listed(self, call: Callable[[], Iterator[Any]]) -> list[Document]:
        with _refusals():
            return [item.serialize(keep_readonly=True) for item in call()]

    def _resource_group(self, resource_id: str) -> Document | None:
        name = resource_id.rstrip("/").rsplit("/", 1)[1]
        return _or_none(lambda: self._resources.resource_groups.get(name).as_dict())

    def _get(self, url: str) -> Document | None:
        from azure.core.exceptions import ResourceNotFoundError
        from azure.core.rest import HttpRequest

        def send() -> Document:
            response = self._resources.send_request(HttpRequest("GET", url))
            if response.status_code == NOT_FOUND:
                raise ResourceNotFoundError(response=response)
            response.raise_for_status()
            document: Document = response.json()
            return document

        return _or_none(send)

    @cached_property
    def _deployments(self) -> DeploymentsMgmtClient:
        from azure.mgmt.resource.deployments import DeploymentsMgmtClient

        return DeploymentsMgmtClient(**self._settings())

    @cached_property
    def _resources(self) -> ResourceManagementClient:
        from azure.mgmt.resource.resources import ResourceManagementClient

        return ResourceManagementClient(**self._settings())

    @cached_property
    def _machine_learning(self) -> MachineLearningServicesMgmtClient:
        from azure.mgmt.machinelearningservices import MachineLearningServicesMgmtClient

        return MachineLearningServicesMgmtClient(**self._settings())

    def _settings(self) -> dict[str, Any]:
        """Leave nothing to the SDK's defaults: those follow variables such as AZURE_SDK_CLOUD_CONF."""
        from amlctl.azure.fence import OnlyThisHost
        from amlctl.azure.transport import OnlyTheseHosts

        url = self.connection.url
        return {
            "per_retry_policies": [OnlyThisHost(url)],
            "credential": self._credential,
            "subscription_id": self.connection.subscription_id,
            "base_url": url,
            "credential_scopes": [self.connection.scope],
            "transport": OnlyTheseHosts([url], self.connection.ca_file),
        }


def _bare(scope: str) -> str:
    """The SDK writes the scope's first slash itself."""
    return scope.strip("/")


def _or_none(call: Callable[[], Item]) -> Item | None:
    from azure.core.exceptions import AzureError, ResourceNotFoundError

    try:
        return call()
    except ResourceNotFoundError:
        return None
    except AzureError as error:
        raise translated(error) from error
    except ODD as error:
        raise unreadable(f"{type(error).__name__}: {error}") from error


@contextmanager
def _refusals() -> Iterator[None]:
    """Turn what the SDK raises into our own exceptions."""
    from azure.core.exceptions import AzureError

    try:
        yield
    except AzureError as error:
        raise translated(error) from error
    except ODD as error:
        raise unreadable(f"{type(error).__name__}: {error}") from error
