"""The only room that imports ``azure.*``: clouds, sign-in and every ARM call, as plain dictionaries in and out.

In: a ``Connection`` (which cloud or endpoint, which tenant and subscription). Out: an ``Arm``, whose methods are the
calls that the other rooms need. Must not decide what to deploy, print, or hold state of its own. Nothing of the SDKs is
imported before the first call: ``import amlctl.azure`` costs a millisecond.
"""

from amlctl.azure.client import Arm
from amlctl.azure.clouds import Cloud
from amlctl.azure.connection import PUBLIC_CLOUD, Connection, Identity
from amlctl.azure.lookup import cloud
from amlctl.azure.sign_in import connect, how_to_sign_in

__all__ = ["PUBLIC_CLOUD", "Arm", "Cloud", "Connection", "Identity", "cloud", "connect", "how_to_sign_in"]
