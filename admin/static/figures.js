// Draws the charts of a campaign's figures from the JSON addresses that are offered for download, too. All words come
// from the table that stands under each chart; without this script the tables are all there is.
(function () {
  "use strict";

  var GREEN = "#1f7a4d", PALE = "#8fcbaa", BLUE = "#1c62a8", AMBER = "#b36b00", RED = "#b02a2a", GREY = "#56637a";
  var UNITS_DRAWN = 15, HOUR = 3600000;
  var charts = new Map();

  function heads(section) {
    return Array.from(section.querySelectorAll("thead th"), function (cell) { return cell.textContent.trim(); });
  }

  // The first cells of the rows as the page words them, in the order of the JSON.
  function names(section) {
    return Array.from(section.querySelectorAll("tbody tr > th"), function (cell) { return cell.textContent.trim(); });
  }

  // From the first hour to the last, those in which nothing happened, too: an axis of time without gaps. A campaign
  // that is open for longer than two months is drawn with the hours in which something did.
  function everyHour(hours) {
    var last = hours[hours.length - 1];
    if (!hours.length || last.at_ms - hours[0].at_ms > 62 * 24 * HOUR) return hours;
    var known = new Map(hours.map(function (one) { return [one.at_ms, one]; })), all = [], before = hours[0];
    for (var at = hours[0].at_ms; at <= last.at_ms; at += HOUR) {
      before = known.get(at) || { hour: anHourAfter(before.hour), people: 0, begun: 0, finished: 0 };
      all.push(before);
    }
    return all;
  }

  function anHourAfter(hour) {
    return new Date(Date.parse(hour.replace(" ", "T") + "Z") + HOUR).toISOString().slice(0, 16).replace("T", " ");
  }

  function base(extra) {
    return Object.assign({
      animation: false,
      textStyle: { fontFamily: "inherit", color: GREY },
      tooltip: { trigger: "axis", renderMode: "richText", confine: true },
      grid: { left: 8, right: 16, top: 40, bottom: 8, containLabel: true },
      legend: { top: 0 }
    }, extra);
  }

  function bars(labels, name, values, colour) {
    return base({
      legend: { show: false },
      grid: { left: 8, right: 16, top: 16, bottom: 8, containLabel: true },
      xAxis: { type: "category", data: labels },
      yAxis: { type: "value", minInterval: 1 },
      series: [{ type: "bar", name: name, data: values, itemStyle: { color: colour } }]
    });
  }

  var draw = {
    hours: function (section, found) {
      var told = heads(section);
      var hours = everyHour(found.hours);
      function line(place, name, colour, stroke) {
        return {
          type: "line", name: told[place], showSymbol: hours.length < 2, lineStyle: { width: 2, type: stroke }, color: colour,
          data: hours.map(function (one) { return one[name]; })
        };
      }
      return base({
        xAxis: { type: "category", data: hours.map(function (one) { return one.hour.slice(5); }) },
        yAxis: { type: "value", minInterval: 1 },
        series: [line(2, "begun", BLUE, "solid"), line(3, "finished", GREEN, "solid"), line(1, "people", AMBER, "dashed")]
      });
    },
    scores: function (section, found) {
      return bars(names(section), heads(section)[1], found.scores.map(function (one) { return one.people; }), GREEN);
    },
    doors: function (section, found) {
      return bars(names(section), heads(section)[2], found.doors.map(function (one) { return one.attempts; }), BLUE);
    },
    messages: function (section, found) {
      var rows = Array.from(section.querySelectorAll("tr[data-way]"));
      function worded(attribute, cell) {
        return new Map(rows.map(function (row) { return [row.dataset[attribute], row.cells[cell].textContent.trim()]; }));
      }
      var ways = worded("way", 0), states = worded("state", 1);
      var colours = { sent: GREEN, waiting: AMBER, dead: RED, dropped: GREY };
      return base({
        xAxis: { type: "category", data: Array.from(ways.values()), axisLabel: { interval: 0, width: 72, overflow: "break" } },
        yAxis: { type: "value", minInterval: 1 },
        series: Array.from(states.keys(), function (state) {
          return {
            type: "bar", stack: "all", name: states.get(state), color: colours[state],
            data: Array.from(ways.keys(), function (way) {
              var one = found.messages.find(function (row) { return row.way === way && row.state === state; });
              return one ? one.count : 0;
            })
          };
        })
      });
    },
    questions: function (section, found) {
      var place = section.querySelector(".chart");
      var judged = found.items.filter(function (one) {
        return !one.withdrawn && one.right_permille !== null && one.discrimination !== null;
      });
      return base({
        legend: { show: false },
        tooltip: {
          trigger: "item", renderMode: "richText", confine: true,
          formatter: function (point) {
            var one = judged[point.dataIndex];
            var stem = one.stem.length > 24 ? one.stem.slice(0, 23) + "…" : one.stem;
            return one.number + "  " + stem + "\n" + one.right_permille / 10 + "%  ·  " + one.discrimination.toFixed(2);
          }
        },
        grid: { left: 8, right: 24, top: 24, bottom: 28, containLabel: true },
        xAxis: { type: "value", min: 0, max: 100, name: place.dataset.x, nameLocation: "middle", nameGap: 28 },
        yAxis: { type: "value", name: place.dataset.y, min: function (range) { return Math.min(0, range.min); } },
        series: [{
          type: "scatter", symbolSize: 10,
          label: {
            show: true, position: "right", fontSize: 11,
            formatter: function (point) { return judged[point.dataIndex].flags.length ? judged[point.dataIndex].number : ""; }
          },
          data: judged.map(function (one) {
            return {
              value: [one.right_permille / 10, one.discrimination],
              itemStyle: { color: one.flags.length ? RED : GREEN, opacity: 0.75 }
            };
          })
        }]
      });
    },
    units: function (section, found) {
      var place = section.querySelector(".chart");
      var of = { participation: "rate", average: "average", total: "total", pass_rate: "pass_rate" }[found.measure];
      // Without headcounts nobody knows a rate: then it is how many took part.
      var isKnown = found.units.some(function (one) { return one[of] !== null; });
      if (!isKnown) of = "entrants";
      var share = of === "rate" || of === "pass_rate";
      var shown = found.units.filter(function (one) { return one[of] !== null; }).slice(0, UNITS_DRAWN).reverse();
      if (!shown.length) return null;
      place.classList.toggle("chart-tall", shown.length > 6);
      return base({
        legend: { show: false },
        grid: { left: 8, right: 56, top: 8, bottom: 8, containLabel: true },
        xAxis: { type: "value", max: share ? 100 : null },
        yAxis: { type: "category", data: shown.map(function (one) { return one.name; }), axisLabel: { width: 130, overflow: "truncate" } },
        series: [{
          type: "bar", name: isKnown ? place.dataset.label : heads(section)[3], color: PALE, barMaxWidth: 22,
          label: { show: true, position: "right", formatter: share ? "{c}%" : "{c}" },
          data: shown.map(function (one) { return Math.round(one[of] * (share ? 1000 : 10)) / 10; })
        }]
      });
    }
  };

  function show(section, found) {
    var place = section.querySelector(".chart");
    if (!place) return;
    var option = draw[section.dataset.chart](section, found);
    var nothing = !option || option.series.every(function (one) { return !one.data.length; });
    var told = section.querySelector(".nothing");
    place.hidden = nothing;
    if (told) told.hidden = !nothing;
    if (nothing) return;
    var chart = charts.get(place);
    if (!chart) {
      chart = window.echarts.init(place, null, { renderer: "canvas" });
      charts.set(place, chart);
    }
    chart.setOption(option, { notMerge: true });
    chart.resize();
  }

  // One request an address, though several charts are drawn from it. What cannot be had leaves the tables as they are.
  function drawAll() {
    var sources = new Map();
    document.querySelectorAll(".charted").forEach(function (section) {
      var together = sources.get(section.dataset.source) || [];
      sources.set(section.dataset.source, together.concat(section));
    });
    sources.forEach(function (sections, source) {
      fetch(source, { headers: { "X-Automatic": "1" }, credentials: "same-origin" })
        .then(function (response) {
          var isJson = (response.headers.get("Content-Type") || "").indexOf("application/json") === 0;
          return response.ok && isJson ? response.json() : null;
        })
        .then(function (answer) {
          if (answer) sections.forEach(function (section) { show(section, answer.figures); });
        })
        .catch(function () { /* offline: the next round may succeed */ });
    });
  }

  window.addEventListener("resize", function () {
    charts.forEach(function (chart) { chart.resize(); });
  });
  document.body.addEventListener("htmx:afterSettle", function (event) {
    if (event.detail.elt.id === "live") drawAll();
  });
  drawAll();
})();
