#include "history_details.h"

#include "app/history/history_query.h"
#include "history_words.h"
#include "ui/theme/theme.h"

#include <QEvent>
#include <QGridLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>
#include <utility>

namespace inferlab {

namespace {

QLabel *caption(const QString &text, QWidget *field, QWidget *parent)
{
    auto *label = new QLabel(text, parent);
    label->setProperty("kind", QStringLiteral("caption"));
    label->setBuddy(field);
    field->setAccessibleName(text);
    return label;
}

// Tags that all of them have.
QStringList commonTags(const std::vector<HistoryRun> &runs)
{
    QStringList common = runs.empty() ? QStringList() : runs.front().tags;
    for (const HistoryRun &run : runs)
        common.removeIf([&run](const QString &tag) { return !run.tags.contains(tag); });
    return common;
}

} // namespace

HistoryDetails::HistoryDetails(QWidget *parent)
    : QFrame(parent)
    , m_title(new QLabel(this))
    , m_name(new QLineEdit(this))
    , m_tags(new QLineEdit(this))
    , m_note(new QPlainTextEdit(this))
    , m_experiment(new QPushButton(tr("Runs of this experiment"), this))
    , m_facts(new QScrollArea(this))
{
    setObjectName(QStringLiteral("historyDetails"));
    setProperty("kind", QStringLiteral("card"));
    m_title->setProperty("kind", QStringLiteral("title"));
    m_title->setTextFormat(Qt::PlainText);
    m_tags->setPlaceholderText(tr("lecture 3, slow"));
    m_note->setPlaceholderText(tr("What should one remember of it?"));
    m_note->setTabChangesFocus(true);
    m_note->setFixedHeight(64);
    m_note->installEventFilter(this);
    connect(m_name, &QLineEdit::editingFinished, this, &HistoryDetails::finishName);
    connect(m_tags, &QLineEdit::editingFinished, this, &HistoryDetails::finishTags);
    m_experiment->setToolTip(tr("List all runs of the experiment that this run belongs to"));
    connect(m_experiment, &QPushButton::clicked, this, &HistoryDetails::experimentWanted);

    m_facts->setWidgetResizable(true);
    m_facts->setFrameShape(QFrame::NoFrame);
    m_facts->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_facts->setFocusPolicy(Qt::NoFocus);

    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(space::kBetween, space::kBetween, space::kBetween, space::kBetween);
    column->setSpacing(space::kStep);
    column->addWidget(m_title);
    for (const auto &[text, field] : {std::pair<QString, QWidget *> {tr("Name"), m_name},
                                      {tr("Tags"), m_tags},
                                      {tr("Note"), m_note}}) {
        column->addWidget(caption(text, field, this));
        column->addWidget(field);
    }
    column->addSpacing(space::kInside);
    column->addWidget(m_experiment, 0, Qt::AlignLeft);
    column->addWidget(m_facts, 1);
    setRuns({});
}

void HistoryDetails::setRuns(std::vector<HistoryRun> runs)
{
    if (m_name->hasFocus())
        finishName();
    if (m_tags->hasFocus())
        finishTags();
    if (m_note->hasFocus())
        finishNote();
    m_runs = std::move(runs);
    const bool one = m_runs.size() == 1;
    m_title->setText(m_runs.empty() ? tr("No run marked")
                         : one      ? historyWords::began(m_runs.front())
                                    : historyWords::runs(static_cast<int64_t>(m_runs.size())));
    m_name->setEnabled(one);
    m_note->setEnabled(one);
    m_tags->setEnabled(!m_runs.empty());
    m_experiment->setVisible(one && m_runs.front().place);
    m_name->setText(one ? m_runs.front().name : QString());
    m_note->setPlainText(one ? m_runs.front().note : QString());
    m_tags->setText(commonTags(m_runs).join(QStringLiteral(", ")));
    showFacts();
}

// Built anew for each run: a layout keeps the room of rows that it had.
void HistoryDetails::showFacts()
{
    auto *holder = new QWidget;
    holder->setProperty("kind", QStringLiteral("page"));
    auto *grid = new QGridLayout(holder);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(space::kBetween);
    grid->setVerticalSpacing(space::kStep);
    grid->setColumnStretch(1, 1);
    int row = 0;
    for (const auto &[what, value] :
         m_runs.size() == 1 ? historyWords::facts(m_runs.front()) : RunFacts()) {
        auto *label = new QLabel(what, holder);
        label->setProperty("kind", QStringLiteral("caption"));
        auto *text = new QLabel(value, holder);
        text->setTextFormat(Qt::PlainText);
        text->setWordWrap(true);
        text->setTextInteractionFlags(Qt::TextSelectableByMouse);
        grid->addWidget(label, row, 0, Qt::AlignTop);
        grid->addWidget(text, row, 1);
        ++row;
    }
    grid->setRowStretch(row, 1);
    m_facts->setWidget(holder); // deletes the one before
}

void HistoryDetails::editName()
{
    m_name->setFocus();
    m_name->selectAll();
}

void HistoryDetails::editTags()
{
    m_tags->setFocus();
    m_tags->selectAll();
}

void HistoryDetails::finishName()
{
    if (m_runs.size() != 1 || m_name->text() == m_runs.front().name)
        return;
    m_runs.front().name = m_name->text();
    emit renamed(m_runs.front().id, m_runs.front().name);
}

// Of several runs, those tags change that were changed; what only some of them have stays.
void HistoryDetails::finishTags()
{
    const QStringList before = commonTags(m_runs);
    const QStringList after = tagsFromText(m_tags->text());
    if (after == before)
        return;
    for (HistoryRun &run : m_runs) {
        QStringList tags = run.tags;
        tags.removeIf(
            [&](const QString &tag) { return before.contains(tag) && !after.contains(tag); });
        tags = tagsFromText((tags + after).join(QLatin1Char(',')));
        if (tags == run.tags)
            continue;
        run.tags = tags;
        emit tagged(run.id, tags);
    }
}

void HistoryDetails::finishNote()
{
    if (m_runs.size() != 1 || m_note->toPlainText() == m_runs.front().note)
        return;
    m_runs.front().note = m_note->toPlainText();
    emit noted(m_runs.front().id, m_runs.front().note);
}

bool HistoryDetails::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_note && event->type() == QEvent::FocusOut)
        finishNote();
    return QFrame::eventFilter(watched, event);
}

} // namespace inferlab
