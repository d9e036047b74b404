"""One file per URL segment; the tuples below are the whole route table."""

from fastapi import APIRouter

from api.routes import (
    attendance,
    auth,
    cases,
    complaints,
    devices,
    evidence,
    gate,
    health,
    me,
    pages,
    payroll,
    payslips,
    persons,
    projects,
    qr,
)

V1_ROUTERS: tuple[APIRouter, ...] = (
    auth.router,
    me.router,
    qr.router,
    attendance.router,
    payroll.router,
    payslips.router,
    complaints.router,
    cases.router,
    devices.router,
    gate.router,
    projects.router,
    persons.router,
)
"""Served under ``/v1``."""

PUBLIC_ROUTERS: tuple[APIRouter, ...] = (health.router, evidence.router, pages.router)
"""Served at the root."""
