package io.github.tfkfac.tools.lab.command;

import io.github.tfkfac.tools.lab.bench.ExchangeTrace;
import io.github.tfkfac.tools.lab.bench.ScalingMeasurement;
import io.github.tfkfac.tools.lab.bench.ScalingStep;
import io.github.tfkfac.tools.render.Table;
import io.github.tfkfac.tools.render.Table.Column;
import io.github.tfkfac.tools.statistics.Spread;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Measured steps of one worker and of several as a text and a file.
 *
 * @param setting the network
 * @param found what was measured
 */
record ScalingMeasuredText(NetworkOptions.Setting setting, List<ScalingMeasurement> found) {

  private static final double MEGA = 1e6;

  String text() {
    return String.join(
        "\n",
        "%s on %s, batch %d of each worker, T %d/%d"
            .formatted(
                setting.model(),
                setting.image(),
                setting.batch(),
                setting.statisticsPeriod(),
                setting.inversePeriod()),
        steps().text(),
        exchanges().text(),
        speeds().text());
  }

  private Table steps() {
    List<List<String>> rows = new ArrayList<>();
    for (ScalingMeasurement one : found) {
      one.milliseconds().forEach((kind, time) -> rows.add(step(one, kind, time)));
    }
    return new Table(
        List.of(
            Column.text("milliseconds of a step"),
            Column.text("step"),
            Column.number("workers"),
            Column.number("median"),
            Column.number("min"),
            Column.number("max")),
        rows);
  }

  private static List<String> step(ScalingMeasurement one, ScalingStep kind, Spread time) {
    return List.of(
        one.arm().label(),
        kind.label(),
        String.valueOf(one.workers()),
        number(time.median()),
        number(time.min()),
        number(time.max()));
  }

  private Table exchanges() {
    List<List<String>> rows = new ArrayList<>();
    for (ScalingMeasurement one : found) {
      for (List<ScalingMeasurement.Exchange> ofStep : one.exchanges().values()) {
        for (ScalingMeasurement.Exchange exchange : ofStep) {
          ExchangeTrace trace = exchange.trace();
          rows.add(
              List.of(
                  one.arm().label(),
                  exchange.purpose(),
                  String.valueOf(one.workers()),
                  number(trace.bytes() / MEGA),
                  number(trace.milliseconds()),
                  number(trace.hidden())));
        }
      }
    }
    return new Table(
        List.of(
            Column.text("exchange, in a traced step"),
            Column.text("of"),
            Column.number("workers"),
            Column.number("MB received"),
            Column.number("ms"),
            Column.number("ms behind computation")),
        rows);
  }

  private Table speeds() {
    List<List<String>> rows = new ArrayList<>();
    for (ScalingMeasurement one : found) {
      rows.add(
          List.of(
              one.arm().label(),
              String.valueOf(one.workers()),
              number(one.imagesPerSecond()),
              ratio(one),
              number(one.bytesPerStep(setting.statisticsPeriod(), setting.inversePeriod()) / MEGA),
              number(one.stateBytes() / MEGA)));
    }
    return new Table(
        List.of(
            Column.text("plain steps"),
            Column.number("workers"),
            Column.number("images/s"),
            Column.number("of one worker's"),
            Column.number("MB received, average step"),
            Column.number("MB of state")),
        rows);
  }

  /** Against one worker with the same optimizer, or with another distribution of it. */
  private String ratio(ScalingMeasurement one) {
    return found.stream()
        .filter(other -> other.workers() == 1 && one.arm().isOf(other.arm()))
        .findFirst()
        .map(
            alone ->
                String.format(Locale.ROOT, "%.2f", one.imagesPerSecond() / alone.imagesPerSecond()))
        .orElse("");
  }

  String csv() {
    StringBuilder lines =
        new StringBuilder(
            "optimizer,workers,step,median_ms,min_ms,max_ms,exchanges,received_bytes,exchange_ms,hidden_ms\n");
    for (ScalingMeasurement one : found) {
      for (Map.Entry<ScalingStep, Spread> step : one.milliseconds().entrySet()) {
        Spread time = step.getValue();
        String start =
            "\"%s\",%d,%s,%s,%s,%s"
                .formatted(
                    one.arm().label(),
                    one.workers(),
                    step.getKey().name().toLowerCase(Locale.ROOT),
                    number(time.median()),
                    number(time.min()),
                    number(time.max()));
        List<ScalingMeasurement.Exchange> exchanges =
            one.exchanges().getOrDefault(step.getKey(), List.of());
        if (exchanges.isEmpty()) {
          lines.append(start).append(",none,0,0,0\n");
        }
        for (ScalingMeasurement.Exchange exchange : exchanges) {
          lines.append(
              "%s,%s,%s,%s,%s\n"
                  .formatted(
                      start,
                      exchange.purpose(),
                      String.format(Locale.ROOT, "%.0f", exchange.trace().bytes()),
                      number(exchange.trace().milliseconds()),
                      number(exchange.trace().hidden())));
        }
      }
    }
    return lines.toString();
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }
}
