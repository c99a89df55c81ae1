package io.github.tfkfac.tools.command;

import io.github.tfkfac.internal.gradient.GradientAudit;
import io.github.tfkfac.tools.check.CudaLibrary;
import io.github.tfkfac.tools.check.Device;
import io.github.tfkfac.tools.check.Examination;
import io.github.tfkfac.tools.check.GradientResult;
import io.github.tfkfac.tools.check.Machine;
import io.github.tfkfac.tools.render.Table;
import io.github.tfkfac.tools.render.Table.Column;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** An examination as text. */
final class ExaminationText {
  private static final long MEBIBYTE = 1024L * 1024;
  private static final int LONGEST_NOTE = 80;

  private ExaminationText() {}

  static String of(Examination found) {
    return String.join(
        "\n",
        facts(found).text(),
        devices(found.devices()).text(),
        cuda(found.cudaLibraries()),
        gradients(found.gradients()).text(),
        audit().text());
  }

  private static Table facts(Examination found) {
    Machine machine = found.machine();
    return new Table(
        List.of(Column.text("fact"), Column.text("value")),
        List.of(
            List.of("system", machine.os()),
            List.of("Java", machine.java()),
            List.of("cores", String.valueOf(machine.cores())),
            List.of("memory", mebibytes(machine.memoryBytes())),
            List.of("Java heap limit", mebibytes(machine.heapBytes())),
            List.of("TensorFlow", found.tensorFlow().isEmpty() ? "none" : found.tensorFlow()),
            List.of("native library", String.join(", ", found.natives().found())),
            List.of("oneDNN", machine.oneDnn()),
            List.of("environment", machine.variables().toString())));
  }

  private static Table devices(List<Device> devices) {
    return new Table(
        List.of(Column.text("device"), Column.text("type"), Column.number("memory")),
        devices.stream()
            .map(device -> List.of(device.name(), device.type(), memory(device)))
            .toList());
  }

  private static String memory(Device device) {
    return device.type().equals("CPU") ? "main memory" : mebibytes(device.memoryBytes());
  }

  private static String cuda(List<CudaLibrary> libraries) {
    String missing =
        libraries.stream()
            .filter(library -> !library.found())
            .map(CudaLibrary::file)
            .collect(Collectors.joining(", "));
    return "CUDA libraries (for the GPU build only): "
        + (missing.isEmpty() ? "all found" : "not found: " + missing)
        + "\n";
  }

  private static Table gradients(List<GradientResult> results) {
    return new Table(
        List.of(
            Column.text("gradient of"),
            Column.text("type"),
            Column.text("state"),
            Column.number("error"),
            Column.text("note")),
        results.stream().map(ExaminationText::row).toList());
  }

  private static Table audit() {
    return new Table(
        List.of(
            Column.text("operations"),
            Column.text("condition"),
            Column.text("in TensorFlow"),
            Column.text("in training"),
            Column.text("seen in")),
        GradientAudit.findings().stream()
            .map(
                finding ->
                    List.of(
                        shortened(String.join(" ", finding.types())),
                        finding.condition(),
                        finding.defect().name().toLowerCase(Locale.ROOT),
                        finding.remedy(),
                        finding.seenIn()))
            .toList());
  }

  private static List<String> row(GradientResult result) {
    double error = result.relativeError();
    return List.of(
        result.name(),
        result.type(),
        result.outcome().name().toLowerCase(Locale.ROOT),
        Double.isNaN(error) ? "" : String.format(Locale.ROOT, "%.0e", error),
        shortened(result.detail()));
  }

  private static String shortened(String note) {
    return note.length() <= LONGEST_NOTE ? note : note.substring(0, LONGEST_NOTE) + "…";
  }

  private static String mebibytes(long bytes) {
    return bytes / MEBIBYTE + " MiB";
  }
}
