"""Runs behind a stream, jobs behind a request, notes in a file; `JOBS_FAULTS` are its faults."""

import asyncio
import json
import os
from pathlib import Path
from uuid import uuid4

from starlette.applications import Starlette
from starlette.responses import JSONResponse, StreamingResponse
from starlette.routing import Route

FAULTS = frozenset(filter(None, os.environ.get("JOBS_FAULTS", "").split(",")))
FILE = Path(os.environ.get("JOBS_FOLDER", ".")) / "notes.json"
PIECES, PAUSE = 12, 0.05

TEXT = {"type": "string"}
THING = {"type": "object", "required": ["id"], "properties": {"id": TEXT, "state": TEXT}}
ERROR = {"type": "object", "required": ["error"], "properties": {"error": TEXT}}
ID = {"name": "id", "in": "path", "required": True, "schema": TEXT}


def answered(*errors, status=200, media="application/json", schema=THING):
    found = {str(status): {"description": "", "content": {media: {"schema": schema}}}}
    for each in errors:
        content = {"application/json": {"schema": ERROR}}
        found[str(each)] = {"description": "", "content": content}
    return found


def operation(name, responses, *parameters):
    return {"operationId": name, "parameters": [*parameters], "responses": responses}


STREAM = {"200": {"description": "", "content": {"text/event-stream": {}}}}
DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "Jobs", "version": "1"},
    "paths": {
        "/runs": {"post": operation("run", STREAM)},
        "/runs/{id}": {"get": operation("readRun", answered(404), ID)},
        "/runs/{id}/stop": {"post": operation("stopRun", answered(404, 409), ID)},
        "/runs/{id}/again": {"post": operation("goOn", answered(404, 409), ID)},
        "/jobs": {"post": operation("begin", answered(status=202))},
        "/jobs/{id}": {"get": operation("readJob", answered(404), ID)},
        "/jobs/{id}/cancel": {"post": operation("cancel", answered(404, 409), ID)},
        "/notes": {"post": operation("note", answered(status=201))},
        "/notes/{id}": {"get": operation("readNote", answered(404), ID)},
    },
}
RUNS, JOBS, NOTES, TASKS = {}, {}, {}, set()


def shown(id_, kept):
    if id_ not in kept:
        return JSONResponse({"error": "unknown"}, 404)
    return JSONResponse({"id": id_, "state": kept[id_]})


def event(kind, **data):
    return f"event: {kind}\ndata: {json.dumps(data)}\n\n"


async def run(request):
    id_ = uuid4().hex

    async def events():
        RUNS[id_] = "running"
        try:
            yield event("begin", id=id_)
            for number in range(PIECES):
                await asyncio.sleep(PAUSE)
                if RUNS[id_] != "running":
                    break
                yield event("piece", number=number)
            else:
                RUNS[id_] = "running" if "ends running" in FAULTS else "done"
            yield event("end")
        finally:
            if RUNS[id_] == "running" and not FAULTS & {"keeps the run", "ends running"}:
                RUNS[id_] = "left"

    return StreamingResponse(events(), media_type="text/event-stream")


async def read_run(request):
    return shown(request.path_params["id"], RUNS)


async def stop(request):
    id_ = request.path_params["id"]
    if RUNS.get(id_) == "running" and "deaf" not in FAULTS:
        RUNS[id_] = "stopped"
    return shown(id_, RUNS)


async def again(request):
    id_ = request.path_params["id"]
    busy = {"running", "stopped"} if "can not go on" in FAULTS else {"running"}
    if RUNS.get(id_) in busy:
        return JSONResponse({"error": "busy"}, 409)
    return shown(id_, RUNS)


async def begin(request):
    id_ = uuid4().hex
    JOBS[id_] = "working"

    async def work():
        await asyncio.sleep(PIECES * PAUSE)
        if JOBS[id_] == "working" and "endless" not in FAULTS:
            JOBS[id_] = "done"

    task = asyncio.create_task(work())
    TASKS.add(task)
    task.add_done_callback(TASKS.discard)
    return JSONResponse({"id": id_, "state": JOBS[id_]}, 202)


async def read_job(request):
    return shown(request.path_params["id"], JOBS)


async def cancel(request):
    id_ = request.path_params["id"]
    if JOBS.get(id_, "working") != "working":
        return JSONResponse({"error": "over"}, 409)
    if id_ in JOBS and "goes on" not in FAULTS:
        JOBS[id_] = "cancelled"
    return shown(id_, JOBS)


async def note(request):
    id_ = uuid4().hex
    NOTES[id_] = "kept"
    if "forgets" not in FAULTS:
        FILE.write_text(json.dumps(NOTES))
    return JSONResponse({"id": id_, "state": "kept"}, 201)


async def read_note(request):
    return shown(request.path_params["id"], NOTES)


async def document(request):
    return JSONResponse(DOCUMENT)


if FILE.exists():
    NOTES.update(json.loads(FILE.read_text()))
app = Starlette(
    routes=[
        Route("/openapi.json", document),
        Route("/runs", run, methods=["POST"]),
        Route("/runs/{id}", read_run),
        Route("/runs/{id}/stop", stop, methods=["POST"]),
        Route("/runs/{id}/again", again, methods=["POST"]),
        Route("/jobs", begin, methods=["POST"]),
        Route("/jobs/{id}", read_job),
        Route("/jobs/{id}/cancel", cancel, methods=["POST"]),
        Route("/notes", note, methods=["POST"]),
        Route("/notes/{id}", read_note),
    ]
)
