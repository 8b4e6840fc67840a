"""What an ordinary careful developer writes: stock FastAPI, no handlers, no strict mode."""

from datetime import date
from enum import StrEnum
from itertools import count
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import FastAPI, HTTPException, Query, status
from pydantic import BaseModel, Field


class Priority(StrEnum):
    low = "low"
    normal = "normal"
    high = "high"


class TaskIn(BaseModel):
    title: str = Field(min_length=1, max_length=120)
    description: str | None = None
    priority: Priority = Priority.normal
    due: date | None = None
    done: bool = False


class TaskPatch(BaseModel):
    title: str | None = Field(default=None, min_length=1, max_length=120)
    done: bool | None = None


class Task(TaskIn):
    id: int


class Comment(BaseModel):
    id: UUID
    author: str
    text: str


class CommentIn(BaseModel):
    author: str
    text: str


app = FastAPI(title="Tasks")
tasks: dict[int, Task] = {}
comments: dict[int, list[Comment]] = {}
numbers = count(1)


def existing(task_id: int) -> Task:
    if task_id not in tasks:
        raise HTTPException(status.HTTP_404_NOT_FOUND, "Task not found")
    return tasks[task_id]


@app.get("/tasks")
def list_tasks(
    done: bool | None = None,
    skip: Annotated[int, Query(ge=0)] = 0,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> list[Task]:
    found = [each for each in tasks.values() if done is None or each.done == done]
    return found[skip : skip + limit]


@app.post("/tasks", status_code=201)
def create_task(task: TaskIn) -> Task:
    made = Task(id=next(numbers), **task.model_dump())
    tasks[made.id] = made
    comments[made.id] = []
    return made


@app.get("/tasks/{task_id}")
def read_task(task_id: int) -> Task:
    return existing(task_id)


@app.patch("/tasks/{task_id}")
def update_task(task_id: int, change: TaskPatch) -> Task:
    sent = change.model_dump(exclude_none=True)
    tasks[task_id] = existing(task_id).model_copy(update=sent)
    return tasks[task_id]


@app.delete("/tasks/{task_id}", status_code=204)
def delete_task(task_id: int) -> None:
    existing(task_id)
    del tasks[task_id]
    del comments[task_id]


@app.post("/tasks/{task_id}/comments", status_code=201)
def add_comment(task_id: int, comment: CommentIn) -> Comment:
    existing(task_id)
    made = Comment(id=uuid4(), **comment.model_dump())
    comments[task_id].append(made)
    return made


@app.get("/tasks/{task_id}/comments")
def list_comments(task_id: int) -> list[Comment]:
    existing(task_id)
    return comments[task_id]
