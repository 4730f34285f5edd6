// The plan editor: what it starts from stays the same, every field reaches the plan, and what
// cannot be run is said in one line.
#include "app/experiment/experiment_json.h"
#include "app/experiment/experiment_presets.h"
#include "engine/base/error.h"
#include "engine/base/json.h"
#include "ui/pages/experiment/axis_editor.h"
#include "ui/pages/experiment/held_settings.h"
#include "ui/pages/experiment/plan_editor.h"
#include "ui/pages/experiment/prompt_pool.h"
#include "ui/theme/theme_controller.h"

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTest>
#include <limits>

using namespace inferlab;

namespace {

Experiment preset(const char *name)
{
    return fitted(experimentPreset(name), 2, {"/models/a.Q8_0.gguf", "/models/a.Q4_1.gguf"});
}

QString json(const Experiment &plan)
{
    return QString::fromStdString(jsonText(experimentToJson(plan), 1));
}

// As a person: all that stands there is replaced.
void type(QLineEdit *field, const QString &words)
{
    field->selectAll();
    QTest::keyClick(field, Qt::Key_Delete);
    QTest::keyClicks(field, words);
}

void vary(AxisEditor *axis, AxisKind kind, const QString &values)
{
    axis->kindBox()->setCurrentIndex(axis->kindBox()->findData(int(kind)));
    type(axis->valuesEdit(), values);
}

template <typename Widget>
Widget *held(const PlanEditor &editor, AxisKind kind)
{
    auto *field = qobject_cast<Widget *>(editor.held()->field(kind));
    Q_ASSERT(field != nullptr);
    return field;
}

} // namespace

class TestPlanEditor : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<ThemeController> m_theme;

private slots:
    void initTestCase()
    {
        m_theme = std::make_unique<ThemeController>(*qApp, [] { return false; });
    }
    void cleanupTestCase() { m_theme.reset(); }

    void whatNobodyTouchedStaysTheSame()
    {
        for (const Experiment &known : experimentPresets()) {
            const Experiment plan = preset(known.name.c_str());
            const PlanEditor editor(plan);
            QCOMPARE(json(editor.plan()), json(plan));
            QVERIFY2(editor.problem().isEmpty(), qPrintable(editor.problem()));
            QVERIFY(editor.useButton()->isEnabled());
        }
    }

    void valuesThatNoFieldShowsStayTheSame()
    {
        Experiment plan = preset("batch");
        plan.seed = std::numeric_limits<uint64_t>::max();
        plan.axes = {{AxisKind::Temperature, {0.123456, 0.5}}};
        plan.held.run.sampling.topP = 0.98765f;
        plan.held.run.sampling.topK = 17;
        plan.held.run.systemPrompt = "Be brief.";
        plan.held.run.cacheType = DType::Q8_0;
        plan.coolDownSeconds = 0.123;
        plan.prompts = {"one\n\nwith an empty line", "two"};
        plan.name = "mine";
        PlanEditor editor(plan);
        QCOMPARE(json(editor.plan()), json(plan));
        // Another field does not round them.
        editor.repeats()->setValue(9);
        plan.repeats = 9;
        plan.expectedSeconds = editor.plan().expectedSeconds;
        QCOMPARE(json(editor.plan()), json(plan));
    }

    void textsAndCountsReachThePlan()
    {
        PlanEditor editor(preset("batch"));
        type(editor.nameEdit(), QStringLiteral("mine"));
        type(editor.questionEdit(), QStringLiteral("Does it scale?"));
        type(editor.noteEdit(), QStringLiteral("On battery"));
        editor.repeats()->setValue(8);
        editor.warmUps()->setValue(3);
        type(editor.seedEdit(), QStringLiteral("18446744073709551615"));
        editor.coolDown()->setValue(1.5);
        editor.stopSeconds()->setValue(100);
        editor.stopPointSeconds()->setValue(20);
        editor.stopInterval()->setValue(2.5);
        const Experiment plan = editor.plan();
        QCOMPARE(plan.name, std::string("mine"));
        QCOMPARE(plan.question, std::string("Does it scale?"));
        QCOMPARE(plan.note, std::string("On battery"));
        QCOMPARE(plan.repeats, 8);
        QCOMPARE(plan.warmUps, 3);
        QCOMPARE(plan.seed, std::numeric_limits<uint64_t>::max());
        QCOMPARE(plan.coolDownSeconds, 1.5);
        QVERIFY((plan.stop == StopRule {100, 20, 2.5}));
        QVERIFY(plan.expectedSeconds > 0.0 && plan.expectedSeconds <= 100.0); // it stops then
    }

    void axesReachThePlan()
    {
        PlanEditor editor(preset("batch"));
        vary(editor.axis(0), AxisKind::NewTokens, QStringLiteral("8, 16,32 , 64"));
        vary(editor.axis(1), AxisKind::KvCache, QStringLiteral("on, off"));
        const Experiment plan = editor.plan();
        QCOMPARE(plan.axes.size(), size_t(2));
        QVERIFY((plan.axes[0] == ExperimentAxis {AxisKind::NewTokens, {8.0, 16.0, 32.0, 64.0}}));
        QVERIFY((plan.axes[1]
                 == ExperimentAxis {AxisKind::KvCache, {std::string("on"), std::string("off")}}));
        editor.axis(1)->kindBox()->setCurrentIndex(0);
        QCOMPARE(editor.plan().axes.size(), size_t(1));
        editor.axis(0)->kindBox()->setCurrentIndex(0);
        QVERIFY(editor.plan().axes.empty()); // one point
    }

    void everyAxisCanBeChosen()
    {
        for (const AxisInfo &info : axisInfos()) {
            PlanEditor editor(preset("batch"));
            const QString value = info.isNumber ? QStringLiteral("1")
                : info.words.empty()
                ? QStringLiteral("/models/m.gguf")
                : QString::fromUtf8(info.words.back().data(), qsizetype(info.words.back().size()));
            vary(editor.axis(0), info.kind, value);
            QVERIFY2(editor.problem().isEmpty(), qPrintable(editor.problem()));
            QCOMPARE(editor.plan().axes.front().kind, info.kind);
        }
    }

    void heldSettingsReachThePlan()
    {
        Experiment start = preset("batch");
        start.axes.clear();
        PlanEditor editor(start);
        held<QSpinBox>(editor, AxisKind::Batch)->setValue(6);
        held<QSpinBox>(editor, AxisKind::Concurrency)->setValue(5);
        held<QSpinBox>(editor, AxisKind::PromptTokens)->setValue(77);
        held<QSpinBox>(editor, AxisKind::NewTokens)->setValue(33);
        held<QDoubleSpinBox>(editor, AxisKind::Temperature)->setValue(0.7);
        held<QDoubleSpinBox>(editor, AxisKind::TopP)->setValue(0.9);
        held<QComboBox>(editor, AxisKind::Device)->setCurrentText(QStringLiteral("cuda"));
        held<QComboBox>(editor, AxisKind::KvCache)->setCurrentText(QStringLiteral("off"));
        held<QSpinBox>(editor, AxisKind::Threads)->setValue(2);
        held<QComboBox>(editor, AxisKind::Scheduler)->setCurrentText(QStringLiteral("continuous"));
        held<QSpinBox>(editor, AxisKind::ChunkTokens)->setValue(64);
        editor.findChild<QSpinBox *>(QStringLiteral("heldRequests"))->setValue(12);
        editor.findChild<QSpinBox *>(QStringLiteral("heldLeastNewTokens"))->setValue(4);
        editor.findChild<QAbstractButton *>(QStringLiteral("heldIgnoreEnd"))->click();
        editor.findChild<QAbstractButton *>(QStringLiteral("heldChat"))->click();
        const RunSettings run = editor.plan().held.run;
        QCOMPARE(run.batch, 6);
        QCOMPARE(run.concurrency, 5);
        QCOMPARE(run.promptTokens, 77);
        QCOMPARE(run.maxNewTokens, 33);
        QCOMPARE(run.sampling.temperature, 0.7f);
        QCOMPARE(run.sampling.topP, 0.9f);
        QCOMPARE(run.device, std::string("cuda"));
        QVERIFY(!run.kvCache);
        QCOMPARE(run.threads, 2);
        QCOMPARE(run.scheduler, BatchPolicy::Continuous);
        QCOMPARE(run.chunkTokens, 64);
        QCOMPARE(run.requests, 12);
        QCOMPARE(run.leastNewTokens, 4);
        QCOMPARE(run.ignoreEnd, !start.held.run.ignoreEnd);
        QCOMPARE(run.chat, !start.held.run.chat);

        held<QComboBox>(editor, AxisKind::Padding)->setCurrentText(QStringLiteral("on"));
        QVERIFY(editor.problem().contains(QStringLiteral("a continuous batch is no rectangle")));
        held<QComboBox>(editor, AxisKind::Scheduler)->setCurrentText(QStringLiteral("static"));
        QVERIFY(editor.plan().held.run.padding);
    }

    void whatVariesIsNotHeld()
    {
        PlanEditor editor(preset("batch"));
        QVERIFY(!editor.held()->field(AxisKind::Batch)->isEnabled());
        QVERIFY(editor.held()->field(AxisKind::NewTokens)->isEnabled());
        vary(editor.axis(0), AxisKind::NewTokens, QStringLiteral("8"));
        QVERIFY(editor.held()->field(AxisKind::Batch)->isEnabled());
        QVERIFY(!editor.held()->field(AxisKind::NewTokens)->isEnabled());
    }

    void promptsComeFromAPoolOrAPerson()
    {
        PlanEditor editor(preset("batch"));
        PromptPool *pool = editor.prompts();
        QCOMPARE(pool->prompts(), preset("batch").prompts);
        pool->pools()->setCurrentIndex(1);
        QCOMPARE(editor.plan().prompts, pool->prompts());
        QVERIFY(pool->prompts() != preset("batch").prompts);
        pool->textEdit()->setPlainText(QStringLiteral("First,\nin two lines.\n\n  \nSecond.\n\n"));
        QCOMPARE(editor.plan().prompts,
                 (std::vector<std::string> {"First,\nin two lines.", "Second."}));
        QCOMPARE(pool->pools()->currentIndex(), pool->pools()->count() - 1);
    }

    void aChangedPresetHasItsOwnNameAndNote()
    {
        PlanEditor editor(preset("new-tokens"));
        editor.repeats()->setValue(2);
        QCOMPARE(editor.plan().name, std::string("new-tokens changed"));
        QCOMPARE(editor.nameEdit()->text(), QStringLiteral("new-tokens changed"));
        QCOMPARE(editor.plan().note, std::string("Changed from the experiment new-tokens"));
        editor.repeats()->setValue(5); // and back: it is the preset again
        QCOMPARE(json(editor.plan()), json(preset("new-tokens")));
        editor.repeats()->setValue(2);
        type(editor.nameEdit(), QStringLiteral("batch"));
        QCOMPARE(editor.problem(),
                 QStringLiteral("Name: expected another one than the program's own experiments "
                                "have, found \"batch\""));
        QVERIFY(!editor.useButton()->isEnabled());
        type(editor.nameEdit(), QStringLiteral("batch of mine"));
        QVERIFY(editor.useButton()->isEnabled());
    }

    void whatIsWrongIsOneLine_data()
    {
        QTest::addColumn<int>("kind");
        QTest::addColumn<QString>("values");
        QTest::addColumn<QString>("line");
        const auto row = [](const char *name, AxisKind kind, const char *values, const char *line) {
            QTest::newRow(name) << int(kind) << QString::fromUtf8(values)
                                << QString::fromUtf8(line);
        };
        row("none", AxisKind::Batch, "", "Batch size: expected at least one value, found none");
        row("word", AxisKind::Batch, "1, two",
            "Batch size: expected a whole number from 1 to 256 (batch), found \"two\"");
        row("gap", AxisKind::Batch, "1,, 2",
            "Batch size: expected a whole number from 1 to 256 (batch), found \"\"");
        row("zero", AxisKind::Batch, "0",
            "Batch size: expected a whole number from 1 to 256 (batch), found 0");
        row("part", AxisKind::NewTokens, "1.5",
            "New tokens: expected a whole number from 1 to 1048576 (new_tokens), found 1.5");
        row("not a number", AxisKind::Temperature, "nan",
            "Temperature: expected a number from 0 to 100 (temperature), found nan");
        row("twice", AxisKind::Batch, "2, 2",
            "Batch size: expected each value once, found 2 again");
        row("switch", AxisKind::KvCache, "on, maybe",
            "KV cache: expected one of on, off (kv_cache), found \"maybe\"");
    }
    void whatIsWrongIsOneLine()
    {
        QFETCH(int, kind);
        QFETCH(QString, values);
        QFETCH(QString, line);
        PlanEditor editor(preset("prompt-length"));
        QSignalSpy chosen(&editor, &PlanEditor::chosen);
        vary(editor.axis(0), AxisKind(kind), values);
        QCOMPARE(editor.summary()->text(), line);
        QCOMPARE(editor.problem(), line);
        QVERIFY(!editor.useButton()->isEnabled());
        QTest::keyClick(&editor, Qt::Key_Return);
        QCOMPARE(chosen.count(), 0);
        vary(editor.axis(0), AxisKind(kind),
             kind == int(AxisKind::KvCache) ? QStringLiteral("on") : QStringLiteral("1"));
        QVERIFY2(editor.problem().isEmpty(), qPrintable(editor.problem()));
        QVERIFY(editor.useButton()->isEnabled());
    }

    void otherFieldsAreCheckedAsWell()
    {
        PlanEditor editor(preset("batch")); // 5 repeats
        editor.stopInterval()->setValue(5);
        QVERIFY(editor.problem().startsWith(
            QStringLiteral("Stop a point when known within: expected 0, or at least 6 repeats")));
        editor.repeats()->setValue(6);
        QVERIFY(editor.problem().isEmpty());
        type(editor.seedEdit(), QStringLiteral("-1"));
        QCOMPARE(
            editor.problem(),
            QStringLiteral("Seed: expected a whole number from 0 to 18446744073709551615, found "
                           "\"-1\""));
        type(editor.seedEdit(), QStringLiteral("1"));
        type(editor.nameEdit(), QStringLiteral(" "));
        QCOMPARE(editor.problem(), QStringLiteral("Name: expected a name, found \"\""));
        type(editor.nameEdit(), QStringLiteral("mine"));
        editor.prompts()->textEdit()->setPlainText(QStringLiteral(" \n\n "));
        QCOMPARE(editor.problem(),
                 QStringLiteral("Prompts: expected at least one prompt, found none"));
        editor.prompts()->textEdit()->setPlainText(QStringLiteral("Why?"));
        vary(editor.axis(1), AxisKind::Batch, QStringLiteral("1"));
        QCOMPARE(editor.problem(),
                 QStringLiteral("Batch size: expected each axis once, found "
                                "\"batch\" again"));
    }

    void pointsRunsAndDurationAreSaidWithEveryChange()
    {
        PlanEditor editor(preset("batch"));
        QCOMPARE(
            editor.summary()->text(),
            QStringLiteral("36 runs: 6 points, 5 runs of each after 1 warm-up; about 1 min 20 s "
                           "on two cores with the default model"));
        editor.repeats()->setValue(2);
        QCOMPARE(
            editor.summary()->text(),
            QStringLiteral("18 runs: 6 points, 2 runs of each after 1 warm-up; about 40 s on two "
                           "cores with the default model"));
    }

    void theButtonGivesThePlan()
    {
        PlanEditor editor(preset("batch"));
        editor.repeats()->setValue(2);
        Experiment taken;
        connect(&editor, &PlanEditor::chosen, this,
                [&taken](const Experiment &plan) { taken = plan; });
        QTest::mouseClick(editor.useButton(), Qt::LeftButton);
        QCOMPARE(json(taken), json(editor.plan()));
    }
};

QTEST_MAIN(TestPlanEditor)
#include "test_plan_editor.moc"
