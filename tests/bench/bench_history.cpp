// bench_history [RUNS]: how long a history of so many runs (10,000) takes to open, to filter while
// one types, to sort and to page, as the history page asks for it; and what keeping a run costs.
#include "app/history/history.h"
#include "app/history/history_store.h"
#include "support/synthetic_run.h"
#include "ui/pages/history/history_model.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QEventLoop>
#include <QFileInfo>
#include <QTemporaryDir>
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

using namespace inferlab;

namespace {

constexpr int kUsualRuns = 10000;

double milliseconds(const QElapsedTimer &timer)
{
    return static_cast<double>(timer.nsecsElapsed()) / 1e6;
}

void print(const char *what, std::vector<double> ms)
{
    std::sort(ms.begin(), ms.end());
    std::printf("%-44s median %8.2f ms  longest %8.2f ms  (n = %zu)\n", what, ms[ms.size() / 2],
                ms.back(), ms.size());
}

void waitForAnswer(const HistoryModel &model)
{
    QEventLoop loop;
    QObject::connect(&model, &HistoryModel::answered, &loop, &QEventLoop::quit);
    loop.exec();
}

RunRecord runOf(int number)
{
    RunRecord run = makeSyntheticRun({.batch = 1 << (number % 6),
                                      .newTokens = 32,
                                      .kvCache = number % 7 != 0,
                                      .seed = static_cast<uint64_t>(number)});
    run.label += ", number " + std::to_string(number);
    run.settings.prompt = "Explain what number " + std::to_string(number * 7919)
        + " has to do with the cost of a token, for somebody who has never seen a cache";
    return run;
}

void fill(const QString &file, int runs)
{
    HistoryStore store(file);
    std::vector<double> preparing;
    std::vector<double> writing;
    QElapsedTimer timer;
    for (int i = 0; i < runs; ++i) {
        const RunRecord run = runOf(i);
        timer.start();
        const PreparedRun prepared = prepareRun(run);
        preparing.push_back(milliseconds(timer));
        timer.start();
        store.add(prepared);
        writing.push_back(milliseconds(timer));
    }
    print("keeping a run: figures, JSON, compression", preparing);
    print("keeping a run: on the disk", writing);
}

void measure(const QString &file)
{
    constexpr int kRepeats = 5;
    std::vector<double> opening;
    QElapsedTimer timer;
    for (int i = 0; i < kRepeats; ++i) {
        timer.start();
        History history(file);
        const HistoryModel model(history);
        waitForAnswer(model);
        opening.push_back(milliseconds(timer));
    }
    print("opening, to the first rows", opening);

    History history(file);
    HistoryModel model(history);
    waitForAnswer(model);
    const auto ask = [&](auto &&question) {
        timer.start();
        question();
        waitForAnswer(model);
        return milliseconds(timer);
    };
    for (const char *typed : {"number 4711", "explain nothing", "cache:off batch:8 number"}) {
        std::vector<double> keys;
        QString text;
        for (const QChar letter : QString::fromLatin1(typed)) {
            text += letter;
            keys.push_back(ask([&] { model.setSearch(text); }));
        }
        ask([&] { model.setSearch({}); });
        print((std::string("a key of \"") + typed + "\"").c_str(), keys);
    }
    std::vector<double> sorting;
    for (int column = HistoryModel::Name; column <= HistoryModel::TokPerSecond; ++column) {
        for (const Qt::SortOrder order : {Qt::AscendingOrder, Qt::DescendingOrder})
            sorting.push_back(ask([&] { model.sort(column, order); }));
    }
    print("sorting by a column", sorting);
    std::vector<double> paging;
    while (model.canFetchMore({}))
        paging.push_back(ask([&] { model.fetchMore({}); }));
    if (!paging.empty())
        print("the next page of 500", paging);
}

} // namespace

int main(int argc, char **argv)
{
    const QCoreApplication application(argc, argv);
    const int runs = argc > 1 ? std::atoi(argv[1]) : kUsualRuns;
    const QTemporaryDir folder;
    const QString file = folder.filePath(QStringLiteral("history.sqlite"));
    fill(file, std::max(runs, 1));
    std::printf("%d runs, %.1f MiB\n", runs,
                static_cast<double>(QFileInfo(file).size()) / (1 << 20));
    measure(file);
    return 0;
}
