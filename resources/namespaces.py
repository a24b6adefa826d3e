"""XML namespaces of VO resource descriptions, under their customary prefixes.

The prefixes matter: clients and registries compare ``xsi:type`` values as
text (VOSI 1.1, section 4; VOResource 1.2, section 2.1).
"""

from __future__ import annotations

XSI = "http://www.w3.org/2001/XMLSchema-instance"
VR = "http://www.ivoa.net/xml/VOResource/v1.0"
VS = "http://www.ivoa.net/xml/VODataService/v1.1"
TR = "http://www.ivoa.net/xml/TAPRegExt/v1.0"
VOSI_AVAILABILITY = "http://www.ivoa.net/xml/VOSIAvailability/v1.0"
VOSI_CAPABILITIES = "http://www.ivoa.net/xml/VOSICapabilities/v1.0"
VOSI_TABLES = "http://www.ivoa.net/xml/VOSITables/v1.0"

RI = "http://www.ivoa.net/xml/RegistryInterface/v1.0"
VG = "http://www.ivoa.net/xml/VORegistry/v1.0"
OAI = "http://www.openarchives.org/OAI/2.0/"
OAI_DC = "http://www.openarchives.org/OAI/2.0/oai_dc/"
DC = "http://purl.org/dc/elements/1.1/"

XSI_TYPE = f"{{{XSI}}}type"
"""Name of the attribute that says which type an element is of."""
SSAP = "http://www.ivoa.net/xml/SSA/v1.1"
"""Namespace of SSA's registry extension, whatever its version."""
UWS = "http://www.ivoa.net/xml/UWS/v1.0"
"""Namespace of the documents of asynchronous jobs, also in UWS 1.1."""
XLINK = "http://www.w3.org/1999/xlink"
SCHEMA_LOCATION = f"{{{XSI}}}schemaLocation"
"""Name of the attribute that says where schemas are."""
