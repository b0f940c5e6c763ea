# make         build/tenure
# make run     installs what it needs, builds, and runs the demonstration
# make test    installs what it needs and runs every test
# make check   the quick loop: unit, property, store on SQLite, rules
# make torture tortures the program for MINUTES=30; see tests/torture/README.md
# make bench   measures; see bench/README.md
.PHONY: all run test check torture bench format clean web

all: build/build.ninja
	@ninja -C build --quiet

build/build.ninja: | web
	@meson setup build >build-setup.log || { cat build-setup.log; rm -rf build; exit 1; }
	@mv build-setup.log build/setup.log

web:
	@tools/setup.sh web

run:
	@tools/setup.sh run
	@$(MAKE) --no-print-directory all
	@exec build/tenure demo

test:
	@tools/setup.sh test
	@tools/test.sh

check: all
	@tools/test.sh quick

torture: all
	@tools/setup.sh test
	@/usr/bin/python3 tests/torture/run.py --minutes $(or $(MINUTES),30) $(if $(SEED),--seed $(SEED))

bench:
	@tools/bench.sh

format:
	clang-format -i $$(git ls-files 'src/*.[ch]' 'tests/*.[ch]' 'bench/*.[ch]')

clean:
	rm -rf build build-clang build-bench build-setup.log
