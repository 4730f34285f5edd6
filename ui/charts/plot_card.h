// The card around a plot: title, view, follow, menu, legend, empty state.
#pragma once

#include "ui/charts/chart.h"
#include "ui/charts/chart_source.h"
#include "ui/charts/legend_bar.h"
#include "ui/charts/plot_view.h"

class QLabel;
class QStackedLayout;
class QToolButton;

namespace inferlab {

class PlotCard : public ChartCard
{
    Q_OBJECT

public:
    explicit PlotCard(std::unique_ptr<ChartSource> source, QWidget *parent = nullptr);
    ~PlotCard() override;

    QString chartId() const override { return m_source->id(); }
    QString title() const override;
    ChartTable table() const override;
    QString description() const override;
    void setData(const ChartData &data) override;
    void setSelectedToken(TokenRef token) override;
    void setSelectedPoint(int point) override;
    QStringList views() const override { return m_source->views(); }
    int view() const override { return m_view; }
    void setView(int index) override;
    bool isZoomedIn() const override;
    void follow() override;
    void setEnlarged(bool enlarged) override;
    const PlotSpec &plotSpec() const override;
    const PlotFrame &plotFrame() const override { return m_plotView->plot()->frame(); }
    QSet<QString> hiddenSeries() const override { return m_legend->hidden(); }

    PlotView *plotView() const noexcept { return m_plotView; }
    LegendBar *legend() const noexcept { return m_legend; }

public slots:
    void showTable();

protected:
    void changeEvent(QEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void showEvent(QShowEvent *event) override;

private:
    void choose(const PlotPosition &position, bool open);
    void makeHeader();
    QToolButton *quietButton(const QString &icon, const QString &name);
    void fillMenus();
    void applyTheme();
    void applySize(); // what a small card leaves out
    void updateWords();

    std::unique_ptr<ChartSource> m_source;
    int m_view = 0;
    bool m_enlarged = false;
    QLabel *m_title = nullptr;
    QToolButton *m_viewButton = nullptr;
    QToolButton *m_followButton = nullptr;
    QToolButton *m_enlargeButton = nullptr;
    QToolButton *m_menuButton = nullptr;
    LegendBar *m_legend = nullptr;
    PlotView *m_plotView = nullptr;
    QLabel *m_empty = nullptr;
    QStackedLayout *m_stack = nullptr;
};

} // namespace inferlab
