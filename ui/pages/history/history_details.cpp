#include "history_details.h"

#include "app/history/history_query.h"
#include "history_words.h"
#include "ui/theme/theme.h"

#include <QEvent>
#include <QGridLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
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
    , m_facts(nullptr)
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

    auto *factsHolder = new QWidget;
    factsHolder->setProperty("kind", QStringLiteral("page"));
    m_facts = new QGridLayout;
    m_facts->setContentsMargins(0, 0, 0, 0);
    m_facts->setHorizontalSpacing(space::kBetween);
    m_facts->setVerticalSpacing(space::kStep);
    m_facts->setColumnStretch(1, 1);
    auto *factsColumn = new QVBoxLayout(factsHolder);
    factsColumn->setContentsMargins(0, 0, 0, 0);
    factsColumn->addLayout(m_facts);
    factsColumn->addStretch(1);
    auto *scroll = new QScrollArea(this);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setFocusPolicy(Qt::NoFocus);
    scroll->setWidget(factsHolder);

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
    column->addWidget(scroll, 1);
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
    m_name->setText(one ? m_runs.front().name : QString());
    m_note->setPlainText(one ? m_runs.front().note : QString());
    m_tags->setText(commonTags(m_runs).join(QStringLiteral(", ")));
    showFacts();
}

void HistoryDetails::showFacts()
{
    while (QLayoutItem *item = m_facts->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    if (m_runs.size() != 1)
        return;
    int row = 0;
    for (const auto &[what, value] : historyWords::facts(m_runs.front())) {
        auto *label = new QLabel(what, this);
        label->setProperty("kind", QStringLiteral("caption"));
        auto *text = new QLabel(value, this);
        text->setTextFormat(Qt::PlainText);
        text->setWordWrap(true);
        text->setTextInteractionFlags(Qt::TextSelectableByMouse);
        m_facts->addWidget(label, row, 0, Qt::AlignTop);
        m_facts->addWidget(text, row, 1);
        ++row;
    }
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
