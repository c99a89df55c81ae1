package io.github.tfkfac.models.savedmodel;

import io.github.tfkfac.VariableFilter;
import io.github.tfkfac.extension.GraphVariable;
import io.github.tfkfac.models.text.Counts;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.Output;
import org.tensorflow.Session;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.op.Op;
import org.tensorflow.proto.AssetFileDef;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.types.TString;

/**
 * Signatures of a SavedModel as a plain graph that can be trained: functions are replaced by their
 * bodies, and the variables have the names that the model gives them.
 *
 * <p>Build losses and an optimizer in {@link #graph()}, open a session, initialize it, then call
 * {@link #restore}. {@link ModelExport} writes the model back.
 */
public final class LoadedModel implements AutoCloseable {

  private final SavedModelFile file;
  private final Graph graph;
  private final Map<String, LoadedSignature> signatures;
  private final Optional<LoadedSignature> trainingSignature;
  private final Map<SavedVariable, GraphVariable<?>> variables;
  private final Optional<String> initialization;
  private final VariableFiles variableFiles;

  private LoadedModel(
      SavedModelFile file,
      ModelGraph model,
      List<SignatureSpec> wanted,
      Optional<TrainingVariant> training) {
    this.file = file;
    this.initialization = model.initialization();
    this.graph = new Graph();
    try {
      graph.importGraphDef(model.graph());
      this.signatures = new LinkedHashMap<>();
      wanted.forEach(one -> signatures.put(one.name(), bind(one, model)));
      this.trainingSignature = training.map(one -> bind(one.signature(), model));
      Map<SavedVariable, GraphOperation> operations =
          ModelVariables.operations(graph, file.variables());
      ModelVariables.rejectQuantized(file.folder(), operations.keySet());
      this.variables = ModelVariables.typed(operations);
      this.variableFiles =
          new VariableFiles(graph, operations, file.variables(), file.checkpoint());
    } catch (RuntimeException e) {
      graph.close();
      throw e;
    }
  }

  /** Opens a signature of the model for serving; see {@link #open(SavedModelFile, List)}. */
  public static LoadedModel open(Path folder, String signature) {
    return open(folder, SavedModelFile.SERVE, signature);
  }

  /** Opens a signature of a model; see {@link #open(SavedModelFile, List)}. */
  public static LoadedModel open(Path folder, Set<String> tags, String signature) {
    return open(SavedModelFile.read(folder, tags), List.of(signature));
  }

  /**
   * Builds the graph of some signatures, which share their variables.
   *
   * @param file the model
   * @param signatures names of signatures, the main one first
   * @throws SavedModelException if a signature is unknown, or needs loops, branches, operations
   *     that TensorFlow does not have, or such as use files or other machines (see SECURITY.md)
   */
  public static LoadedModel open(SavedModelFile file, List<String> signatures) {
    if (signatures.isEmpty()) {
      throw new IllegalArgumentException(
          "expected at least one of the signatures " + file.signatures().keySet() + ", found none");
    }
    List<SignatureSpec> wanted = signatures.stream().map(file::signature).toList();
    return SavedModelException.reading(
        file.folder().resolve(SavedModelFile.NAME), () -> build(file, wanted));
  }

  private static LoadedModel build(SavedModelFile file, List<SignatureSpec> wanted) {
    GraphDef whole = file.model().getGraphDef();
    Optional<TrainingVariant> training = TrainingVariant.of(file, wanted.get(0));
    if (training.isEmpty()) {
      return new LoadedModel(file, ModelGraph.of(file, whole, wanted), wanted, training);
    }
    GraphDef extended = whole.toBuilder().addNode(training.get().call()).build();
    List<SignatureSpec> all = new ArrayList<>(wanted);
    all.add(training.get().signature());
    return new LoadedModel(file, ModelGraph.of(file, extended, all), wanted, training);
  }

  private LoadedSignature bind(SignatureSpec spec, ModelGraph model) {
    Function<SortedMap<String, TensorSpec>, SortedMap<String, Output<?>>> bound =
        tensors -> {
          SortedMap<String, Output<?>> outputs = new TreeMap<>();
          tensors.forEach(
              (name, tensor) -> outputs.put(name, output(model.tensor(tensor.tensor()))));
          return outputs;
        };
    Optional<Op> sideEffects =
        Optional.ofNullable(model.sideEffects().get(spec.name()))
            .map(graph::operationOrThrow)
            .map(operation -> () -> operation);
    return new LoadedSignature(
        spec,
        bound.apply(spec.inputs()),
        bound.apply(spec.outputs()),
        sideEffects,
        model.effects().getOrDefault(spec.name(), SignatureEffects.NONE));
  }

  private Output<?> output(TensorRef tensor) {
    return graph.operationOrThrow(tensor.node()).output(tensor.index());
  }

  /** The model on disk. */
  public SavedModelFile file() {
    return file;
  }

  /** The graph, to be extended by a loss and an optimizer. */
  public Graph graph() {
    return graph;
  }

  /** The first of the signatures that were opened. */
  public LoadedSignature signature() {
    return signatures.values().iterator().next();
  }

  /**
   * One of the signatures that were opened.
   *
   * @throws SavedModelException if it was not opened
   */
  public LoadedSignature signature(String name) {
    LoadedSignature signature = signatures.get(name);
    if (signature == null) {
      throw SavedModelException.of(
          file.folder(),
          "signature '" + name + "' among those opened",
          signatures.keySet().toString(),
          "open it as well");
    }
    return signature;
  }

  /** The signature that a tensor is an output of, the first one for other tensors. */
  public LoadedSignature signatureOf(Output<?> tensor) {
    return signatures.values().stream()
        .filter(signature -> signature.outputs().containsValue(tensor))
        .findFirst()
        .orElseGet(this::signature);
  }

  /** An input of the first signature. */
  public Output<?> input(String name) {
    return signature().input(name);
  }

  /** An output of the first signature. */
  public Output<?> output(String name) {
    return signature().output(name);
  }

  /**
   * A tensor of the graph by name, {@code operation} or {@code operation:index}.
   *
   * @throws SavedModelException if there is none of this name
   */
  public Output<?> tensor(String name) {
    GraphOperation operation;
    int index;
    try {
      TensorRef reference = TensorRef.parse(name);
      operation = graph.operation(reference.node());
      index = reference.index();
    } catch (NumberFormatException e) {
      operation = null;
      index = 0;
    }
    if (operation == null || index < 0 || index >= operation.numOutputs()) {
      throw SavedModelException.of(
          file.folder(),
          "tensor '" + name + "' in the graph of the signatures " + signatures.keySet(),
          operation == null ? "no such operation" : Counts.of(operation.numOutputs(), "output"),
          "name it as operation:index");
    }
    return operation.output(index);
  }

  /**
   * The first signature as the model computes it in training, with the same inputs and outputs:
   * dropout drops and normalizations use the statistics of the batch. Empty if the model was saved
   * without that; see {@link #modes}.
   */
  public Optional<LoadedSignature> trainingSignature() {
    return trainingSignature;
  }

  /** Report on which of training and inference the graph can compute. */
  public ModeReport modes() {
    Set<String> statistics = names(VariableKind.MOVING_STATISTIC);
    Set<String> trained = names(VariableKind.TRAINABLE);
    return ModeReport.of(
        graph, trainingSignature().isPresent(), statistics, trained, signature().effects());
  }

  /** Every variable of the model, whether the graph has it or not. */
  public List<SavedVariable> variables() {
    return file.variables();
  }

  /** The variables that the graph has, of the element types that TensorFlow-Java knows. */
  public Map<SavedVariable, GraphVariable<?>> graphVariables() {
    return Collections.unmodifiableMap(variables);
  }

  private Set<String> names(VariableKind kind) {
    return graphVariables(kind).stream().map(GraphVariable::name).collect(Collectors.toSet());
  }

  /**
   * Operation that a training step on a signature is to run in addition: it makes the changes that
   * a call of the signature makes, such as to the state of its random generators. Empty if a call
   * changes nothing, or changes trainable variables, since two updates in one step would be neither
   * of the two.
   */
  public Optional<Op> stateUpdates(LoadedSignature signature) {
    Set<String> trainable = names(VariableKind.TRAINABLE);
    return signature
        .sideEffects()
        .filter(any -> signature.effects().written().stream().noneMatch(trainable::contains));
  }

  /** The variables of the graph that are of a kind. */
  public List<GraphVariable<?>> graphVariables(VariableKind kind) {
    List<GraphVariable<?>> found = new ArrayList<>();
    variables.forEach(
        (saved, variable) -> {
          if (saved.kind() == kind) {
            found.add(variable);
          }
        });
    return List.copyOf(found);
  }

  /** Accepts the model's trainable variables and everything that is none of the model's. */
  public VariableFilter trainableFilter() {
    return VariableFilter.allBut(
        file.variables().stream()
            .filter(variable -> variable.kind() != VariableKind.TRAINABLE)
            .collect(
                Collectors.toMap(SavedVariable::name, variable -> variable.kind().description())));
  }

  /**
   * Sets the graph's variables to their saved values and readies tables; run it after a session was
   * initialized.
   *
   * @throws SavedModelException if the values cannot be read
   */
  public void restore(Session session) {
    try {
      variableFiles.restore(session, file.variablesPrefix());
    } catch (TensorFlowException e) {
      throw SavedModelException.of(
          file.variablesPrefix(),
          "the values of " + Counts.of(variables.size(), "variable"),
          "what TensorFlow cannot read ("
              + String.valueOf(e.getMessage()).lines().findFirst().orElse("")
              + ")",
          "copy the model again",
          e);
    }
    initialization.ifPresent(operation -> initialize(session, operation));
  }

  private void initialize(Session session, String operation) {
    Session.Runner runner = session.runner().addTarget(operation);
    List<TString> paths = new ArrayList<>();
    for (AssetFileDef asset : file.model().getAssetFileDefList()) {
      TensorRef tensor = TensorRef.parse(asset.getTensorInfo().getName());
      if (graph.operation(tensor.node()) != null) {
        TString path = TString.scalarOf(asset(asset.getFilename()).toString());
        paths.add(path);
        runner.feed(output(tensor), path);
      }
    }
    try {
      runner.run().close();
    } finally {
      paths.forEach(TString::close);
    }
  }

  /** A file of the model; a name cannot lead out of its folder. */
  private Path asset(String name) {
    Path assets = file.folder().resolve("assets");
    Path asset = assets.resolve(name).normalize();
    if (!asset.startsWith(assets.normalize())) {
      throw SavedModelException.of(
          file.folder(), "assets within " + assets, "'" + name + "'", "do not use this model");
    }
    return asset;
  }

  /** Writes files of the variables, those of the graph with their values in the session. */
  void saveVariables(Session session, Path folder) {
    variableFiles.save(session, file.variablesPrefix(), SavedModelFile.variablesPrefix(folder));
  }

  /** The graph with all that was added to it, cut down to some signatures. */
  PlainModel plain(List<ExportedSignature> exported) {
    return PlainModel.of(
        file.model(), graph.toGraphDef(), exported, initialization, trainableFilter()::accepts);
  }

  /** Closes the graph. */
  @Override
  public void close() {
    graph.close();
  }
}
