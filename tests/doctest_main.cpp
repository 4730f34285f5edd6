// main() of every doctest program. A program that was built with tests of the default model and
// does not find it says so and is reported as skipped, not as passed.
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include "default_model.h"

#include <cstdio>
#include <cstring>

int main(int argc, char **argv)
{
    bool needsModel = false;
    for (int i = 1; i < argc; ++i)
        needsModel = needsModel || std::strcmp(argv[i], "--needs-default-model") == 0;
    if (needsModel && !inferlab::test::hasDefaultModel()) {
        std::fprintf(stderr, "skipped: the default model is not at %s\n",
                     inferlab::test::defaultModelPath().c_str());
        return inferlab::test::kSkipExitCode;
    }
    return doctest::Context(argc, argv).run();
}
