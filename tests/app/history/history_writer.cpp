// history_writer FILE FIRST: keeps runs FIRST, FIRST + 1, ... in the history and prints each number
// when it is on disk; until it is killed.
#include "app/history/history.h"
#include "support/synthetic_run.h"

#include <QCoreApplication>
#include <cstdio>
#include <cstdlib>
#include <string>

int main(int argc, char **argv)
{
    const QCoreApplication application(argc, argv);
    if (argc != 3) {
        std::fprintf(stderr, "usage: history_writer FILE FIRST\n");
        return 2;
    }
    inferlab::History history(QString::fromLocal8Bit(argv[1]));
    for (int number = std::atoi(argv[2]);; ++number) {
        inferlab::RunRecord run = inferlab::makeSyntheticRun(
            {.batch = 4, .newTokens = 64, .seed = static_cast<uint64_t>(number)});
        run.label = std::to_string(number);
        history.save(run);
        std::printf("%d\n", number);
        std::fflush(stdout);
    }
}
