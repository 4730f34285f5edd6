// Puts the left column together.
#include "control_panel.h"

#include "app/run_setup/run_setup.h"
#include "consequences.h"
#include "engine_details.h"
#include "engine_switches.h"
#include "error_bar.h"
#include "figures.h"
#include "fold_section.h"
#include "model_picker.h"
#include "prompt_editor.h"
#include "sampling_panel.h"
#include "ui/theme/theme.h"

#include <QPlainTextEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>

namespace inferlab {

namespace {

constexpr int kLookDelayMs = 200;            // after the last key
constexpr qsizetype kCharactersPerToken = 4; // of English text, roughly: until they are counted

} // namespace

ControlPanel::ControlPanel(QWidget *parent)
    : QWidget(parent)
    , m_model(new ModelPicker(this))
    , m_prompt(new PromptEditor(this))
    , m_counter(new PromptCounter(this))
    , m_switches(new EngineSwitches(this))
    , m_details(new EngineDetails(this))
    , m_sampling(new SamplingPanel(this))
    , m_samplingFold(new FoldSection(tr("Sampling"), this))
    , m_engineFold(new FoldSection(tr("Engine"), this))
    , m_error(new ErrorBar(this))
    , m_run(new QPushButton(tr("Run"), this))
    , m_knee(new QPushButton(tr("Find the knee"), this))
{
    setObjectName(QStringLiteral("controlPanel"));
    auto *scroll = new QScrollArea(this);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setWidgetResizable(true);
    scroll->setFocusPolicy(Qt::NoFocus);
    scroll->setWidget(makeSwitches());
    for (FoldSection *fold : {m_samplingFold, m_engineFold}) {
        connect(fold, &FoldSection::opened, this, [this, scroll, fold](bool open) {
            if (open && isVisible()) // once the layout has made room for it
                QTimer::singleShot(0, scroll,
                                   [scroll, fold] { scroll->ensureWidgetVisible(fold); });
        });
    }
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(scroll, 1);
    column->addWidget(makeFooter());

    m_lookDelay.setSingleShot(true);
    m_lookDelay.setInterval(kLookDelayMs);
    connect(&m_lookDelay, &QTimer::timeout, this, &ControlPanel::look);
    connect(m_counter, &PromptCounter::counted, this, &ControlPanel::refreshLines);
    connect(m_prompt, &PromptEditor::changed, this, &ControlPanel::edited);
    connect(m_prompt, &PromptEditor::refused, m_error,
            [this](const QString &line) { m_error->showLine(line); });
    connect(m_switches, &EngineSwitches::changed, this, &ControlPanel::edited);
    connect(m_switches, &EngineSwitches::deviceChanged, this, [this] {
        m_details->setDevice(m_switches->device());
        emit modelChoiceChanged();
    });
    connect(m_details, &EngineDetails::changed, this, &ControlPanel::edited);
    connect(m_sampling, &SamplingPanel::changed, this, &ControlPanel::edited);
    connect(m_model, &ModelPicker::modelChosen, this, &ControlPanel::setModelPath);
    connect(m_run, &QPushButton::clicked, this, &ControlPanel::runRequested);
    connect(m_knee, &QPushButton::clicked, this, &ControlPanel::kneeRequested);
    edited();
}

QWidget *ControlPanel::makeSwitches()
{
    auto *page = new QWidget(this);
    page->setProperty("kind", QStringLiteral("page"));
    m_samplingFold->body()->addWidget(m_sampling);
    m_engineFold->body()->addWidget(m_switches->threadsRow());
    m_engineFold->body()->addWidget(m_details);
    auto *column = new QVBoxLayout(page);
    column->setContentsMargins(space::kEdge, space::kBetween, space::kEdge, space::kInside);
    column->setSpacing(space::kInside);
    column->addWidget(m_model);
    column->addWidget(m_prompt, 1);
    column->addWidget(m_switches);
    column->addWidget(m_samplingFold);
    column->addWidget(m_engineFold);
    return page;
}

QWidget *ControlPanel::makeFooter()
{
    auto *footer = new QWidget(this);
    m_run->setObjectName(QStringLiteral("runButton"));
    m_run->setProperty("kind", QStringLiteral("primary"));
    m_run->setAutoDefault(true); // Enter presses it, as Space does: it has the focus at the start
    m_knee->setObjectName(QStringLiteral("kneeButton"));
    m_knee->setToolTip(
        tr("Runs batch sizes 1, 2, 4, 8, 16 and 32 and marks where more answers at once "
           "stop paying"));
    auto *column = new QVBoxLayout(footer);
    column->setContentsMargins(16, 8, 16, 16);
    column->setSpacing(8);
    column->addWidget(m_error);
    column->addWidget(m_run);
    column->addWidget(m_knee);
    return footer;
}

ModelChoice ControlPanel::modelChoice() const
{
    ModelChoice choice;
    choice.path = m_model->path();
    choice.device = m_switches->device();
    choice.threads = m_switches->threads();
    return choice;
}

RunPlan ControlPanel::plan() const
{
    RunPlan plan;
    plan.model = modelChoice();
    RunSettings &settings = plan.settings;
    settings.kvCache = m_switches->kvCache();
    settings.batch = m_switches->batch();
    settings.maxNewTokens = m_switches->newTokens();
    settings.chat = m_prompt->isChat();
    settings.systemPrompt = m_prompt->systemPrompt().toStdString();
    settings.prompt = m_prompt->prompt().toStdString();
    settings.sampling = m_sampling->sampling();
    settings.ignoreEnd = m_sampling->ignoreEnd();
    m_details->applyTo(settings, plan.model.device);
    return plan;
}

void ControlPanel::setSettings(const RunSettings &settings)
{
    RunSettings switches = settings;
    switches.threads = m_switches->threads();
    setSwitches(switches);
    m_prompt->setSystemPrompt(QString::fromStdString(settings.systemPrompt));
    m_prompt->setPrompt(QString::fromStdString(settings.prompt));
}

RunSettings ControlPanel::switchSettings() const
{
    RunSettings settings = plan().settings;
    settings.device = m_switches->device().toStdString();
    settings.threads = m_switches->threads();
    settings.chat = m_prompt->isChatWanted();
    m_details->store(settings);
    return settings;
}

void ControlPanel::setSwitches(const RunSettings &settings)
{
    m_switches->setDevice(QString::fromStdString(settings.device));
    m_switches->setKvCache(settings.kvCache);
    m_switches->setBatch(settings.batch);
    m_switches->setNewTokens(settings.maxNewTokens);
    m_switches->setThreads(settings.threads);
    m_prompt->setChat(settings.chat);
    m_sampling->set(settings.sampling, settings.ignoreEnd);
    m_details->set(settings);
}

QString ControlPanel::problem() const
{
    if (m_model->path().isEmpty())
        return tr("No model yet: open a GGUF file, or drop one on the window");
    const int32_t context = m_summary ? m_summary->identity.contextTokens : 0;
    const auto tokens = promptTokens();
    return promptProblem(m_prompt->prompt(), tokens ? tokens->sent : -1, context,
                         m_prompt->isChat());
}

void ControlPanel::setModelPath(const QString &path)
{
    if (path == m_model->path())
        return;
    m_model->setPath(path);
    edited();
    emit modelChoiceChanged();
}

void ControlPanel::setBusy(bool busy)
{
    m_busy = busy;
    m_run->setEnabled(!busy);
    m_run->setText(busy ? tr("Running…") : tr("Run"));
    m_knee->setEnabled(!busy);
    if (!busy)
        m_lookDelay.start();
}

void ControlPanel::setLoaded(const std::optional<ModelSummary> &summary,
                             const std::shared_ptr<LoadedModel> &model)
{
    m_summary = summary;
    m_loaded = model;
    m_model->setModel(summary);
    m_switches->setLoaded(summary);
    if (summary && model != nullptr)
        m_prompt->setChatAvailable(summary->hasChatTemplate);
    look();
}

void ControlPanel::focusRun()
{
    m_run->setFocus();
}

void ControlPanel::focusPrompt()
{
    m_prompt->promptEdit()->setFocus();
}

void ControlPanel::edited()
{
    const SamplingSettings sampling = m_sampling->sampling();
    m_samplingFold->setSummary(samplingSummary(sampling, m_sampling->ignoreEnd()));
    QStringList engine;
    if (m_switches->usesThreads()) {
        const int threads = m_switches->threads();
        engine += threads == 0 ? tr("all cores") : tr("%1 threads").arg(threads);
    }
    if (const QString details = m_details->summary(); !details.isEmpty())
        engine += details;
    m_engineFold->setSummary(engine.join(QStringLiteral(" · ")));
    m_error->dismiss(); // it was about what has just been changed
    m_lookDelay.start();
}

PromptText ControlPanel::promptText() const
{
    return {m_prompt->isChat(), m_prompt->systemPrompt().toStdString(),
            m_prompt->prompt().toStdString()};
}

// Counts where the counter has not come to it yet: Run was pressed right after the last key.
std::optional<PromptTokens> ControlPanel::promptTokens() const
{
    if (m_counter->tokens() && !m_lookDelay.isActive())
        return m_counter->tokens();
    const auto model = m_loaded.lock();
    if (model == nullptr)
        return std::nullopt;
    return countPromptTokens(*model, promptText());
}

void ControlPanel::look()
{
    m_lookDelay.stop();
    m_counter->setPrompt(promptText(), m_loaded.lock());
    refreshLines();
}

void ControlPanel::refreshLines()
{
    const QString text = m_prompt->prompt();
    const bool chat = m_prompt->isChat();
    const int32_t context = m_summary ? m_summary->identity.contextTokens : 0;
    const auto &tokens = m_counter->tokens();
    const QString trouble = promptProblem(text, tokens ? tokens->sent : -1, context, chat);
    const QString fact = tokens ? promptFact(tokens->text, tokens->sent, context, chat)
        : m_loaded.expired()    ? QString()
                                : tr("Counting the tokens…");
    m_prompt->setHint(trouble.isEmpty() ? fact : trouble, !trouble.isEmpty());

    const auto model = m_loaded.lock();
    if (model == nullptr) {
        m_switches->setMemory(nullptr);
        return;
    }
    if (m_busy) // the backend serves the worker now; what is free will be asked when it has ended
        return;
    const auto length =
        static_cast<size_t>(tokens ? tokens->sent : text.size() / kCharactersPerToken);
    const RunPlan chosen = plan();
    const MemoryPlan memory =
        planMemory(*model, engineOptions(chosen.settings, length, model.get()));
    m_switches->setMemory(&memory);
}

} // namespace inferlab
