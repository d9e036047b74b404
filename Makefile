PYTHON ?= python3
# Kept off, every process would compile all it imports anew: seconds at each start.
unexport PYTHONDONTWRITEBYTECODE
BIN := .venv/bin
PURE := */rules.py,*/workflow.py,*/folding.py,qr/code.py,core/money.py,core/calendar.py
COMPILE := .tools/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header

# One more than there are processors: many tests wait for a server to start.
PROCESSES := $(shell $(PYTHON) -c 'import os; print(min(os.cpu_count() or 1, 5) + 1)')

.PHONY: help run test demo check bench bench-large keys audit openapi format lock clean setup-run setup-dev
.DEFAULT_GOAL := help

help: ## 显示这些命令 (list the commands)
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 22

run: setup-run ## 启动全部，首次自动安装并载入示范项目；PORT=8001 换端口 (start everything)
	@exec $(BIN)/python -m stack.run

test: setup-dev ## 在真实的 PostgreSQL、Valkey、Celery 上运行全部测试 (run all tests)
	@$(BIN)/python -m pytest --numprocesses=$(PROCESSES) --dist=worksteal --cov
	@$(BIN)/coverage report --include='$(PURE)' --fail-under=100 >.coverage.pure || { cat .coverage.pure; exit 1; }

demo: setup-run ## 像客户端一样走完主流程，打印过程 (walk through the main job over HTTP)
	@exec $(BIN)/python -m demo.walkthrough

check: setup-dev ## 静态检查、迁移、接口快照、锁文件、容器文件 (everything but the tests)
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m stack.migrations
	@$(BIN)/python -m api.openapi --check
	@$(BIN)/python -m pytest -q tests/architecture
	@$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec docker/compose.yml
	@$(BIN)/hadolint docker/Dockerfile

bench: setup-dev ## 与基准相比的速度；NAME=… 只跑一项 (ratios against the baselines)
	@exec $(BIN)/python -m bench $(NAME)

bench-large: setup-dev ## 千万行级的长测量 (the runs that take long)
	@exec $(BIN)/python -m bench --large $(NAME)

keys: setup-run ## 生成或检查密钥文件 FILE=…；ROTATE=gate|holder DROP=gate:1 AT_ONCE=1 更换，HELP=1 说明 (keys)
	@exec $(BIN)/python -m core.key_command $(or $(FILE),var/keys.json) $(if $(ROTATE),--rotate $(ROTATE)) $(if $(DROP),--drop $(DROP)) $(if $(AT_ONCE),--at-once) $(if $(HELP),--help)

openapi: setup-dev ## 重写接口快照与错误码表 (rewrite the API snapshots)
	@$(BIN)/python -m api.openapi

audit: setup-run ## 核对全部工资记录与存证，指出被改动的行 (find rows changed behind the product's back)
	@exec $(BIN)/python -m stack.audit

format: setup-dev ## 整理代码格式 (format the code)
	@$(BIN)/ruff check --fix-only --quiet && $(BIN)/ruff format

lock: setup-dev ## 按 pyproject.toml 更新锁文件；UPGRADE=--upgrade 取最新版 (rewrite the lock files)
	@$(COMPILE) $(UPGRADE) pyproject.toml -o requirements/prod.lock
	@$(COMPILE) $(UPGRADE) pyproject.toml --group local -c requirements/prod.lock -o requirements/run.lock
	@$(COMPILE) $(UPGRADE) pyproject.toml --group local --group dev -c requirements/run.lock -o requirements/dev.lock
	@$(COMPILE) $(UPGRADE) --group gate -c requirements/prod.lock -o requirements/gate.lock
	@$(COMPILE) $(UPGRADE) --group bootstrap -o requirements/bootstrap.lock

clean: ## 删除环境与缓存，保留 var/ 里的数据 (remove environments and caches, keep the data in var/)
	@rm -rf .venv .tools .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache .coverage

setup-run setup-dev: setup-%:
	@command -v $(PYTHON) >/dev/null || { echo "找不到 $(PYTHON)，请先安装 Python 3.11 或更高版本。($(PYTHON) not found; install Python >= 3.11)"; exit 1; }
	@$(PYTHON) stack/bootstrap.py $*
