"""Microsoft.Insights: Application Insights (observed: 2020-02-02), diagnostic settings, action groups, alerts."""

from __future__ import annotations

from amlctl.localarm.ids import ResourceId
from amlctl.localarm.providers.kinds import (
    SYNC,
    SYNC_200,
    Arrival,
    Body,
    Kind,
    fill_bare,
    location_of,
    resource,
    with_defaults,
    without,
)

COMPONENT = "Microsoft.Insights/components"


def _fill_component(arrival: Arrival) -> Body:
    location, key = location_of(arrival), arrival.guid("instrumentation key")
    application = arrival.guid("application")
    defaults = {
        "Flow_Type": None,
        "Request_Source": None,
        "SamplingPercentage": None,
        "RetentionInDays": 90,
        "IngestionMode": "LogAnalytics" if arrival.properties.get("WorkspaceResourceId") else "ApplicationInsights",
        "publicNetworkAccessForIngestion": "Enabled",
        "publicNetworkAccessForQuery": "Enabled",
    }
    properties = with_defaults(without(arrival.properties, "Retention"), defaults)
    if "RetentionInDays" in arrival.properties:
        properties["Retention"] = f"P{arrival.properties['RetentionInDays']}D"
    properties |= {
        "ApplicationId": arrival.id.name,
        "AppId": application,
        "InstrumentationKey": key,
        "ConnectionString": _connection(key, location),
        "Name": arrival.id.name,
        "CreationDate": arrival.born,
        "TenantId": arrival.id.subscription,
        "provisioningState": "Succeeded",
        "Ver": "v2",
    }
    etag = f'"{arrival.world.hex(arrival.id.key, arrival.world.time())[:8]}-0000-0800-0000-{arrival.born[:4]}0000"'
    filled = resource(arrival, properties, etag=etag, location=location, **_lower_case(arrival.id))
    filled.setdefault("kind", "web")
    filled.setdefault("tags", {})
    return filled


def _connection(key: str, location: str) -> str:
    return (
        f"InstrumentationKey={key};IngestionEndpoint=https://{location}-1.in.applicationinsights.azure.com/;"
        f"LiveEndpoint=https://{location}.livediagnostics.monitor.azure.com/"
    )


def _lower_case(id: ResourceId) -> dict[str, str]:  # noqa: A002
    """The service spells its namespace in lower case, in ids too."""
    spelled = id._replace(namespace="microsoft.insights")
    return {"id": spelled.text, "type": "microsoft.insights/components"}


def _fill_setting(arrival: Arrival) -> Body:
    properties = with_defaults(arrival.properties, {"logs": [], "metrics": []})
    return resource(arrival, properties, id=arrival.id.text.lower(), location=None, kind=None, identity=None, tags=None)


KINDS = (
    Kind(COMPONENT, _fill_component, SYNC_200),
    Kind("Microsoft.Insights/diagnosticSettings", _fill_setting, SYNC_200, listed=False),
    Kind("Microsoft.Insights/actionGroups", fill_bare, SYNC),
    Kind("Microsoft.Insights/metricAlerts", fill_bare, SYNC_200),
    Kind("Microsoft.Insights/scheduledQueryRules", fill_bare, SYNC),
)
