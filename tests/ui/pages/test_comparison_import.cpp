// Others' results on the way to an experiment's charts: read in the background, kept beside each
// other, taken away; what cannot be read is one line and changes nothing.
#include "ui/pages/experiment/comparison_import.h"

#include <QFile>
#include <QPushButton>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QtTest>

using namespace inferlab;

namespace {

constexpr int kPatienceMs = 30000;

QString write(const QTemporaryDir &folder, const char *name, const QByteArray &text)
{
    QFile file(folder.filePath(QLatin1String(name)));
    if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size())
        qFatal("cannot write");
    return file.fileName();
}

} // namespace

class TestComparisonImport : public QObject
{
    Q_OBJECT

private slots:
    void filesAddUpAndGoAway()
    {
        const QTemporaryDir folder;
        QWidget window;
        ComparisonImport import(&window);
        QSignalSpy changed(&import, &ComparisonImport::changed);
        QSignalSpy noticed(&import, &ComparisonImport::noticed);
        QVERIFY(import.series() == nullptr);
        import.read({write(folder, "one.csv", "batch_size,p50_ttft_s\n1,0.5\n2,0.6\n")});
        QCOMPARE(import.button()->text(), QStringLiteral("Stop import")); // in the background
        QVERIFY(changed.wait(kPatienceMs));
        QVERIFY(import.button()->text().startsWith(QStringLiteral("Import")));
        QCOMPARE(noticed.front().front().toString(),
                 QStringLiteral(
                     "Imported course notebook, one (2 points): drawn where batch or requests in "
                     "flight vary"));
        import.read({write(folder, "two.csv", "batch_size,p50_latency_s\n1,2\n")});
        QVERIFY(changed.wait(kPatienceMs));
        QCOMPARE(import.series()->size(), size_t(2));
        QCOMPARE(import.series()->back().name, std::string("course notebook, two"));
        import.read({write(folder, "two.csv", "batch_size,p50_latency_s\n1,2\n")});
        QVERIFY(changed.wait(kPatienceMs));
        QCOMPARE(import.series()->back().name, std::string("course notebook, two (2)"));
        import.clear();
        QCOMPARE(changed.count(), 4);
        QVERIFY(import.series() == nullptr);
    }

    void whatCannotBeReadIsSaid()
    {
        const QTemporaryDir folder;
        QWidget window;
        ComparisonImport import(&window);
        QSignalSpy changed(&import, &ComparisonImport::changed);
        QSignalSpy failed(&import, &ComparisonImport::failed);
        import.read({write(folder, "bad.csv", "batch_size,p50_ttft_s\n1,fast\n")});
        QVERIFY(failed.wait(kPatienceMs));
        const QString line = failed.front().front().toString();
        QVERIFY2(line.startsWith(QStringLiteral("Not imported. "))
                     && line.contains(QStringLiteral("bad.csv"))
                     && line.contains(QStringLiteral("fast")) && !line.contains(QLatin1Char('\n')),
                 qPrintable(line));
        QCOMPARE(changed.count(), 0);
        QVERIFY(import.button()->text().startsWith(QStringLiteral("Import")));
    }

    void readingCanBeStopped()
    {
        const QTemporaryDir folder;
        QWidget window;
        ComparisonImport import(&window);
        QSignalSpy changed(&import, &ComparisonImport::changed);
        QSignalSpy failed(&import, &ComparisonImport::failed);
        import.read({write(folder, "one.csv", "batch_size,p50_ttft_s\n1,0.5\n")});
        import.button()->click();
        QVERIFY(import.button()->text().startsWith(QStringLiteral("Import")));
        import.read({write(folder, "two.csv", "batch_size,p50_ttft_s\n1,0.5\n")});
        QVERIFY(changed.wait(kPatienceMs));
        QCOMPARE(import.series()->size(), size_t(1)); // of the second alone
        QCOMPARE(import.series()->front().name, std::string("course notebook, two"));
        QCOMPARE(failed.count(), 0);
    }
};

QTEST_MAIN(TestComparisonImport)
#include "test_comparison_import.moc"
