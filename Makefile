# A new user's two commands are `make demo` and `make test`; both install and fetch what they need.

SWIFT ?= swift
RELEASE := -c release
data := $(if $(XDG_DATA_HOME),$(XDG_DATA_HOME),$(HOME)/.local/share)/stream
footage := $(data)/footage/vtest.avi

.PHONY: all setup build demo test built-tests test-camera soak peers lint sanitize fuzz install fresh uninstall clean

all: build

# Debian packages, default model, sample footage; fetches nothing twice.
setup:
	@scripts/set-up

# One program with Swift's runtime inside, its manual page and the completions of two shells, all made by the program.
build: setup
	$(SWIFT) build $(RELEASE) --product stream
	.build/release/stream manual >.build/stream.1
	.build/release/stream completions bash >.build/stream.bash
	.build/release/stream completions zsh >.build/stream.zsh

# Detects and tracks pedestrians in the sample footage; results go to out/.
demo: build
	@mkdir -p out
	@scripts/demo .build/release/stream "$(footage)" out

# All tests, in the build that is shipped: kernels of every instruction set, golden numbers, end to end.
shipped := $(RELEASE) --disable-testable-imports --disable-xctest
test: built-tests
	$(SWIFT) test $(shipped) --skip-build

# Tests and program, built at once; what is wrong with the kernels' objects is told before the tests run.
built-tests: setup
	$(SWIFT) test $(shipped) --filter SymbolTests
	Tests/check-symbols .build/release

# The camera path against a real kernel driver: Debian's kernel with the virtual camera vivid, in QEMU. About ten minutes.
test-camera: build
	Tests/Guest/test-camera .build/release/stream $(data)/models/pedestrian-ssdlite-mobilenet-v2

# Ten minutes of a camera at six times its rate, half of it unplugged: memory and descriptors must stay.
soak: build
	Tests/Soak/soak .build/release/stream

# `stream evaluate` beside pycocotools and TrackEval, and the network's time beside that of OpenVINO, ONNX Runtime and
# LiteRT, all of which are fetched once; scripts/scores and scripts/peers have options.
peers: build
	scripts/scores
	scripts/peers

lint:
	$(SWIFT) format lint --strict --recursive Package.swift Sources Tests Examples

# Address sanitizer over the tests, but for those that count allocations or memory or hold an end to half a second, which
# sanitizers take for themselves, and for the slow ones that prove numbers, not memory, or time (`bench`) what others run. Thread sanitizer over the parts
# that have threads, whose tests alone are built for it. Of debug information both need no more than the lines, and a
# room that is compiled at once is read once, not by each of two compilers.
whole := -Xswiftc -gline-tables-only -Xswiftc -wmo -Xswiftc -num-threads -Xswiftc 2
threaded := Capture Detecting FFmpeg Inference Output Posix StreamApp Streaming
space := $() $()
sanitize: setup
	LSAN_OPTIONS=suppressions=$(CURDIR)/Tests/leak-suppressions:print_suppressions=0 \
	  $(SWIFT) test --sanitize=address --scratch-path .build/address --disable-xctest $(whole) \
	  --skip 'HouseTests|LabelLayoutTests|RealGraphTests|InspectTests|AllocationTests|NeedNoMoreMemory|EndToEndTests.(EndingTests|MemoryTests|CameraTests|FootageTests|AnyFootageTests|InterruptedWaitTests)|CompareTests|Golden|SyntheticDetectionsTests|ZooArchiveTests|averagePrecisionOnCOCO|SameWeights|LiteIntegerTests|BenchTests|SortReferenceTests|TrackScoresTests|COCOScoresTests'
	STREAM_TESTS="$(threaded) Kernels" \
	  $(SWIFT) test --sanitize=thread --scratch-path .build/thread --disable-xctest $(whole) \
	  --filter '^($(subst $(space),|,$(threaded)))Tests|TeamTests' \
	  --skip 'AllocationTests|BenchTests|CompareTests|InspectTests|Golden|SyntheticDetections|RealGraphTests|EngineTests|LiteIntegerTests|SameWeights|averagePrecisionOnCOCO|MultipartPicturesTests|HeadDecoderTests|SuppressionTests|LabelLayoutTests'

# libFuzzer with the address sanitizer on each reader of foreign bytes, SECONDS each. What it learns stays in
# .build/fuzz/corpus; a file that it fails on is kept as .build/fuzz/TARGET-…, belongs into Tests/FuzzCorpus/TARGET once
# the fault is found, and is then read again by every `make test`. Of two flags `-sanitize` the compiler takes the last
# one: they come once more as one, for without `fuzzer` there are no coverage counters and libFuzzer is blind.
SECONDS ?= 60
fuzz: setup
	STREAM_FUZZ=1 $(SWIFT) build $(RELEASE) --scratch-path .build/fuzz --sanitize=address --sanitize=fuzzer \
	  -Xswiftc -sanitize=address,fuzzer --product fuzz
	for target in wire graph bundle archive flatbuffer lite onnx pickle zip safetensors checkpoint caffe prototxt sidecar labels coco mot; do \
	  mkdir -p .build/fuzz/corpus/$$target && \
	  nice .build/fuzz/release/fuzz $$target -max_total_time=$(SECONDS) -max_len=16384 -timeout=10 -rss_limit_mb=1024 \
	    -artifact_prefix=.build/fuzz/$$target- .build/fuzz/corpus/$$target Tests/FuzzCorpus/$$target || exit 1; \
	done

# Through sudo it copies what `make` built, and builds nothing: root has neither the user's toolchain nor model.
# /usr/bin/stream belongs to ImageMagick on many machines, so the default is /usr/local.
prefix ?= /usr/local
PREFIX ?= $(prefix)
bin := $(DESTDIR)$(PREFIX)/bin/stream
manual := $(DESTDIR)$(PREFIX)/share/man/man1/stream.1
bash_completions := $(DESTDIR)$(PREFIX)/share/bash-completion/completions/stream
zsh_completions := $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_stream

built := .build/release/stream .build/stream.1 .build/stream.bash .build/stream.zsh

install: $(if $(SUDO_USER),fresh,build)
	install -D -s -m 755 .build/release/stream "$(bin)"
	install -D -m 644 .build/stream.1 "$(manual)"
	install -D -m 644 .build/stream.bash "$(bash_completions)"
	install -D -m 644 .build/stream.zsh "$(zsh_completions)"

# What was built last is its completions; a program older than its sources would be installed without a word.
fresh: $(built)
	@newer=$$(find Package.swift Sources -newer .build/stream.zsh -print -quit); test -z "$$newer" || \
	  { echo "$$newer is newer than what was built: run make first, without sudo" >&2; exit 1; }

$(built):
	@echo "$@ is not there: run make first, without sudo" >&2; exit 1

uninstall:
	rm -f "$(bin)" "$(manual)" "$(bash_completions)" "$(zsh_completions)"

clean:
	$(SWIFT) package clean
	rm -rf out
