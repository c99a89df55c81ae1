package io.github.tfkfac.models.savedmodel;

import io.github.tfkfac.FirstOrder;
import io.github.tfkfac.Kfac;
import io.github.tfkfac.KfacOptions;
import io.github.tfkfac.ScanReport;
import io.github.tfkfac.TrainingOptions;
import io.github.tfkfac.models.savedmodel.KerasLayerRow.Cell;
import io.github.tfkfac.models.savedmodel.KerasLayerRow.Verdict;
import io.github.tfkfac.models.savedmodel.KerasReference.Variable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.framework.optimizers.Optimizer.GradAndVar;
import org.tensorflow.op.Op;

/** One model against its reference: opened, run, differentiated, and scanned by K-FAC. */
final class KerasLayerTrial {

  private static final double SAME_OUTPUT = 1e-4;
  private static final double SAME_GRADIENT = 5e-5;

  /** For models that compute in half precision. */
  private static final double SAME_IN_HALF = 0.1;

  /** Gradients below this share of the largest are compared as if they were of this size. */
  private static final double LEAST_SHARE = 1e-3;

  private final String name;
  private final KerasModel model;

  KerasLayerTrial(String name, KerasModel model) {
    this.name = name;
    this.model = model;
  }

  KerasLayerRow run() {
    Cell output;
    Cell gradient;
    try (KerasGraph graph = KerasGraph.open(model)) {
      Map<Variable, Operand<?>> gradients = new LinkedHashMap<>();
      gradient = differentiate(graph, gradients);
      try {
        output = output(graph);
      } catch (RuntimeException e) {
        output = Cell.of(e, model.folder());
      }
      if (gradient.verdict() == Verdict.RIGHT) {
        gradient = compare(graph, gradients);
      }
    } catch (RuntimeException e) {
      return new KerasLayerRow(
          name, Cell.of(e, model.folder()), Cell.NONE, Cell.NONE, Cell.NONE, 0);
    }
    Cell opened = Cell.right("yes");
    if (gradient.verdict() == Verdict.REJECTED) {
      return new KerasLayerRow(name, opened, output, gradient, Cell.NONE, 0);
    }
    try (KerasGraph graph = KerasGraph.open(model)) {
      return capture(graph, opened, output, gradient);
    } catch (RuntimeException e) {
      return new KerasLayerRow(name, opened, output, gradient, Cell.of(e, model.folder()), 0);
    }
  }

  private Cell output(KerasGraph graph) {
    double worst = 0;
    try (Session session = graph.session()) {
      for (KerasReference.Output output : model.reference().outputs()) {
        double[] expected = output.values().asFloat64();
        double[] found = graph.fetch(session, graph.model().output(output.name()));
        worst = Math.max(worst, difference(found, expected) / Math.max(largest(expected), 1e-6));
      }
    }
    return worst <= tolerance(SAME_OUTPUT)
        ? Cell.right("equal " + KerasLayerRow.figure(worst))
        : new Cell(Verdict.WRONG, "**differs " + KerasLayerRow.figure(worst) + "**");
  }

  /** Builds the gradients of the variables that the library would train. */
  private Cell differentiate(KerasGraph graph, Map<Variable, Operand<?>> gradients) {
    try {
      FirstOrder optimizer =
          new FirstOrder(
              graph.model().graph(),
              TrainingOptions.sgdm(1, 0).withVariables(graph.model().trainableFilter()));
      Map<String, Variable> known = graph.variables();
      for (GradAndVar<?> pair : optimizer.computeGradients(graph.loss())) {
        Variable variable = known.get(pair.getVariable().op().name());
        if (variable != null) {
          gradients.put(variable, pair.getGradient());
        }
      }
      return Cell.right("");
    } catch (RuntimeException e) {
      return Cell.of(e, model.folder());
    }
  }

  private Cell compare(KerasGraph graph, Map<Variable, Operand<?>> gradients) {
    Map<Variable, double[]> found;
    try (Session session = graph.session()) {
      found = graph.fetchAll(session, gradients);
    } catch (RuntimeException e) {
      return Cell.of(e, model.folder());
    }
    List<Variable> variables = model.reference().variables();
    double whole =
        variables.stream()
            .flatMap(variable -> variable.gradient().stream())
            .mapToDouble(gradient -> largest(gradient.asFloat64()))
            .max()
            .orElse(0);
    List<String> lost = new ArrayList<>();
    List<String> moved = new ArrayList<>();
    String worstName = "";
    double worst = 0;
    for (Variable variable : variables) {
      double[] expected =
          variable.gradient().map(values -> values.asFloat64()).orElseGet(() -> new double[0]);
      double size = largest(expected);
      double[] computed = found.get(variable);
      if (computed == null) {
        if (size > SAME_GRADIENT * whole) {
          lost.add(variable.name());
        }
      } else if (!variable.trained()) {
        moved.add(variable.name());
      } else {
        double[] target = expected.length == 0 ? new double[computed.length] : expected;
        double error =
            difference(computed, target) / Math.max(size, Math.max(LEAST_SHARE * whole, 1e-30));
        if (error > worst) {
          worst = error;
          worstName = variable.name();
        }
      }
    }
    if (!moved.isEmpty()) {
      return new Cell(
          Verdict.WRONG, "**trains " + String.join(", ", moved) + ", which is frozen**");
    }
    if (!lost.isEmpty()) {
      return new Cell(Verdict.LOST, "**silently missing for " + String.join(", ", lost) + "**");
    }
    return worst <= tolerance(SAME_GRADIENT)
        ? Cell.right("right " + KerasLayerRow.figure(worst))
        : new Cell(
            Verdict.WRONG, "**wrong at " + worstName + ": " + KerasLayerRow.figure(worst) + "**");
  }

  private KerasLayerRow capture(KerasGraph graph, Cell loads, Cell output, Cell gradient) {
    Kfac kfac =
        new Kfac(
            graph.model().graph(),
            KfacOptions.nkfac()
                .withLearningRate(1e-3)
                .withVariables(graph.model().trainableFilter()));
    Op step = kfac.minimize(graph.loss());
    try (Session session = graph.session()) {
      graph.run(session, step);
      if (!kfac.health(session).isSound()) {
        return new KerasLayerRow(
            name, loads, output, gradient, new Cell(Verdict.WRONG, "**step not finite**"), 0);
      }
    }
    Map<String, Variable> known = graph.variables();
    ScanReport report = kfac.scanReport();
    List<String> parts = new ArrayList<>();
    String captured = names(report, known, ScanReport.Outcome.CAPTURED, false);
    if (!captured.isEmpty()) {
      parts.add("captured: " + captured);
    }
    String plain = names(report, known, ScanReport.Outcome.PLAIN, true);
    if (!plain.isEmpty()) {
      parts.add("without preconditioning: " + plain);
    }
    return new KerasLayerRow(
        name,
        loads,
        output,
        gradient,
        Cell.right(parts.isEmpty() ? "nothing of its own" : String.join("; ", parts)),
        graph.plainKernels(report).size());
  }

  /** Variables of an outcome; of those around the layer only kernels that are not captured. */
  private static String names(
      ScanReport report, Map<String, Variable> known, ScanReport.Outcome outcome, boolean reasons) {
    Predicate<Variable> around =
        variable -> variable.name().startsWith("pre/") || variable.name().startsWith("head/");
    return report.of(outcome).stream()
        .filter(entry -> known.containsKey(entry.variable()))
        .filter(
            entry -> {
              Variable variable = known.get(entry.variable());
              return !around.test(variable) || (reasons && variable.isKernel());
            })
        .map(
            entry ->
                known.get(entry.variable()).name()
                    + (reasons ? " (" + withoutScope(entry.reason()) + ")" : ""))
        .sorted()
        .collect(Collectors.joining(", "));
  }

  /** A reason with operations named by the last part of their names. */
  private static String withoutScope(String reason) {
    return reason.replaceAll("'[^']*/([^/']*)'", "'$1'").replace("|", "\\|");
  }

  private double tolerance(double exact) {
    return name.contains("float16") || name.contains("float8") ? SAME_IN_HALF : exact;
  }

  private static double largest(double[] values) {
    return Arrays.stream(values).map(Math::abs).filter(Double::isFinite).max().orElse(0);
  }

  private static double difference(double[] found, double[] expected) {
    if (found.length != expected.length) {
      return Double.POSITIVE_INFINITY;
    }
    double worst = 0;
    for (int i = 0; i < found.length; i++) {
      if (Double.compare(found[i], expected[i]) != 0) {
        double difference = Math.abs(found[i] - expected[i]);
        worst = Math.max(worst, Double.isNaN(difference) ? Double.POSITIVE_INFINITY : difference);
      }
    }
    return worst;
  }
}
