"""The tenant's vector stores."""

from typing import Annotated

from fastapi import Path, Response

from troth.reference.domain import vector_stores
from troth.reference.domain.access import CallerHere
from troth.reference.domain.agent_catalog import AGENT_KEYS
from troth.reference.fields import PathId
from troth.reference.paging import SpanHere
from troth.reference.platform import Here
from troth.reference.routes import Routes
from troth.reference.schemas import vector_stores as shapes

routes = Routes("/api/v1/vector_stores", "vector-stores", "Texts that agents search.")
UNKNOWN = {404: "Your tenant has no such vector store."}
UNKNOWN_FILE = {404: "Your tenant has no such vector store, or the store no such file."}
_STORE = {"vector_store_id": "$response.body#/id"}
_FILE = {"vector_store_id": "$response.body#/vector_store_id", "file_id": "$response.body#/id"}
_OF_STORE = dict.fromkeys(
    (
        "getVectorStore",
        "deleteVectorStore",
        "attachVectorFile",
        "uploadVectorFile",
        "listVectorFiles",
        "searchVectorStore",
        "bindVectorStore",
        "unbindVectorStore",
    ),
    _STORE,
)
_OF_FILE = dict.fromkeys(("getVectorFile", "deleteVectorFile"), _FILE)
AgentKey = Annotated[
    str,
    Path(pattern=f"^({'|'.join(AGENT_KEYS)})$", json_schema_extra={"enum": list(AGENT_KEYS)}),
]


@routes.operation(
    "POST",
    "",
    "createVectorStore",
    "Make a vector store",
    access="writers",
    status=201,
    headers=("Location",),
    links=_OF_STORE,
)
def make(
    body: shapes.NewVectorStore, caller: CallerHere, platform: Here, response: Response
) -> shapes.VectorStoreShown:
    """An empty one, the tenant's own."""
    shown = vector_stores.make(platform, caller, body)
    response.headers["Location"] = f"{routes.prefix}/{shown.id}"
    return shown


@routes.operation(
    "GET",
    "",
    "listVectorStores",
    "My tenant's vector stores",
    access="everyone",
    ids={"/api/v1/vector_stores/{vector_store_id}": "/items/0/id"},
)
def pages(caller: CallerHere, platform: Here, span: SpanHere) -> shapes.VectorStorePage:
    """In the order they were made."""
    return vector_stores.pages(platform, caller, span)


@routes.operation(
    "GET",
    "/{vector_store_id}",
    "getVectorStore",
    "A vector store",
    access="everyone",
    ids={"/api/v1/vector_stores/{vector_store_id}": "/id"},
    errors=UNKNOWN,
)
def one(vector_store_id: PathId, caller: CallerHere, platform: Here) -> shapes.VectorStoreShown:
    """One of the tenant's."""
    return vector_stores.one(platform, caller, vector_store_id)


@routes.operation(
    "DELETE",
    "/{vector_store_id}",
    "deleteVectorStore",
    "Delete a vector store",
    access="writers",
    status=204,
    response_class=Response,
)
def remove(vector_store_id: PathId, caller: CallerHere, platform: Here) -> None:
    """Deletes it with its files. Idempotent: one that is not there is as good as deleted."""
    vector_stores.remove(platform, caller, vector_store_id)


@routes.operation(
    "POST",
    "/{vector_store_id}/files",
    "attachVectorFile",
    "Put a text into a vector store",
    access="writers",
    status=201,
    errors=UNKNOWN_FILE,
    headers=("Location",),
    links=_OF_FILE,
)
def attach(
    vector_store_id: PathId,
    body: shapes.NewAttachment,
    caller: CallerHere,
    platform: Here,
    response: Response,
) -> shapes.VectorFileShown:
    """A text, or a copy of a file of another of the tenant's stores; it is found at once."""
    return _located(response, vector_stores.attach(platform, caller, vector_store_id, body))


@routes.operation(
    "POST",
    "/{vector_store_id}/files/upload",
    "uploadVectorFile",
    "Put an uploaded text into a vector store",
    access="writers",
    status=201,
    errors=UNKNOWN,
    headers=("Location",),
    links=_OF_FILE,
)
def upload(
    vector_store_id: PathId,
    body: shapes.NewUpload,
    caller: CallerHere,
    platform: Here,
    response: Response,
) -> shapes.VectorFileShown:
    """It is found at once."""
    return _located(response, vector_stores.upload(platform, caller, vector_store_id, body))


@routes.operation(
    "GET",
    "/{vector_store_id}/files",
    "listVectorFiles",
    "The files in a vector store",
    access="everyone",
    ids={"/api/v1/vector_stores/{vector_store_id}/files/{file_id}": "/items/0/id"},
    errors=UNKNOWN,
)
def files(
    vector_store_id: PathId, caller: CallerHere, platform: Here, span: SpanHere
) -> shapes.VectorFilePage:
    """In the order they came."""
    return vector_stores.files(platform, caller, vector_store_id, span)


@routes.operation(
    "GET",
    "/{vector_store_id}/files/{file_id}",
    "getVectorFile",
    "A file in a vector store",
    access="everyone",
    ids={"/api/v1/vector_stores/{vector_store_id}/files/{file_id}": "/id"},
    errors=UNKNOWN_FILE,
)
def file(
    vector_store_id: PathId, file_id: PathId, caller: CallerHere, platform: Here
) -> shapes.VectorFileShown:
    """One of them."""
    return vector_stores.file(platform, caller, vector_store_id, file_id)


@routes.operation(
    "DELETE",
    "/{vector_store_id}/files/{file_id}",
    "deleteVectorFile",
    "Take a file out of a vector store",
    access="writers",
    status=204,
    errors=UNKNOWN_FILE,
    response_class=Response,
)
def remove_file(
    vector_store_id: PathId, file_id: PathId, caller: CallerHere, platform: Here
) -> None:
    """It is found no more."""
    vector_stores.remove_file(platform, caller, vector_store_id, file_id)


@routes.operation(
    "POST",
    "/{vector_store_id}/search",
    "searchVectorStore",
    "Search a vector store",
    access="everyone",
    ids={"/api/v1/vector_stores/{vector_store_id}/files/{file_id}": "/results/0/file_id"},
    errors=UNKNOWN,
)
def search(
    vector_store_id: PathId, body: shapes.NewSearch, caller: CallerHere, platform: Here
) -> shapes.SearchShown:
    """The pieces of its files that fit the query best, by BM25."""
    return vector_stores.search(platform, caller, vector_store_id, body)


@routes.operation(
    "POST",
    "/{vector_store_id}/bindings/{agent_key}",
    "bindVectorStore",
    "Bind a vector store to an agent",
    access="writers",
    status=204,
    errors=UNKNOWN,
    response_class=Response,
)
def bind(vector_store_id: PathId, agent_key: AgentKey, caller: CallerHere, platform: Here) -> None:
    """Lets the agent search the store. Idempotent."""
    vector_stores.bind(platform, caller, vector_store_id, agent_key)


@routes.operation(
    "DELETE",
    "/{vector_store_id}/bindings/{agent_key}",
    "unbindVectorStore",
    "Unbind a vector store from an agent",
    access="writers",
    status=204,
    errors=UNKNOWN,
    response_class=Response,
)
def unbind(
    vector_store_id: PathId, agent_key: AgentKey, caller: CallerHere, platform: Here
) -> None:
    """Lets the agent search the store no more. Idempotent: it may not have been bound."""
    vector_stores.unbind(platform, caller, vector_store_id, agent_key)


def _located(response: Response, shown: shapes.VectorFileShown) -> shapes.VectorFileShown:
    response.headers["Location"] = f"{routes.prefix}/{shown.vector_store_id}/files/{shown.id}"
    return shown
