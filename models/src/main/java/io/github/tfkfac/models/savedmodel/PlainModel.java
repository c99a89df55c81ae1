package io.github.tfkfac.models.savedmodel;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.tensorflow.TensorFlow;
import org.tensorflow.proto.AssetFileDef;
import org.tensorflow.proto.CollectionDef;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.VariableDef;

/**
 * A SavedModel of TensorFlow 1's form: a plain graph, its signatures, and the variables that they
 * need.
 *
 * @param saved the content of {@code saved_model.pb}
 * @param variables names of the variables' operations, which are also the names of their values
 */
record PlainModel(SavedModel saved, List<String> variables) {

  private static final String SAVER = "saved_model_saver";
  private static final long FORMAT = 1;

  /**
   * Cuts the signatures out of a graph.
   *
   * @param original the model that the graph was loaded from
   * @param graph the graph with everything that was added to it
   * @param signatures the signatures to be written
   * @param initialization an operation to be run once after the variables are restored
   * @param trainable which variables are listed as trainable
   */
  static PlainModel of(
      MetaGraphDef original,
      GraphDef graph,
      List<ExportedSignature> signatures,
      Optional<String> initialization,
      Predicate<String> trainable) {
    Set<String> wanted = new LinkedHashSet<>();
    for (ExportedSignature signature : signatures) {
      signature.inputs().values().forEach(input -> wanted.add(input.op().name()));
      signature.outputs().values().forEach(output -> wanted.add(output.op().name()));
    }
    initialization.ifPresent(wanted::add);
    GraphDef slice = FunctionLibrary.pruned(GraphSlice.of(graph, wanted));
    List<NodeDef> variables =
        slice.getNodeList().stream().filter(RestoredVariables::isVariable).toList();
    SaverNodes saver = new SaverNodes(SAVER, variables);

    MetaGraphDef.Builder model = MetaGraphDef.newBuilder();
    model
        .getMetaInfoDefBuilder()
        .addAllTags(original.getMetaInfoDef().getTagsList())
        .setTensorflowVersion(TensorFlow.version());
    model.setGraphDef(slice.toBuilder().addAllNode(saver.nodes())).setSaverDef(saver.definition());
    signatures.forEach(one -> model.putSignatureDef(one.name(), one.definition()));
    List<VariableDef> definitions = saver.variableDefinitions();
    model.putCollectionDef("variables", collection(definitions));
    model.putCollectionDef(
        "trainable_variables",
        collection(
            definitions.stream()
                .filter(one -> trainable.test(TensorRef.parse(one.getVariableName()).node()))
                .toList()));
    initialization.ifPresent(
        name -> model.putCollectionDef("saved_model_main_op", operation(name)));
    Set<String> kept = GraphSlice.nodes(slice).keySet();
    for (AssetFileDef asset : original.getAssetFileDefList()) {
      if (kept.contains(TensorRef.parse(asset.getTensorInfo().getName()).node())) {
        model.addAssetFileDef(asset);
      }
    }
    SavedModel saved =
        SavedModel.newBuilder().setSavedModelSchemaVersion(FORMAT).addMetaGraphs(model).build();
    return new PlainModel(saved, variables.stream().map(NodeDef::getName).toList());
  }

  private static CollectionDef collection(List<VariableDef> variables) {
    CollectionDef.Builder collection = CollectionDef.newBuilder();
    variables.forEach(one -> collection.getBytesListBuilder().addValue(one.toByteString()));
    return collection.build();
  }

  private static CollectionDef operation(String name) {
    CollectionDef.Builder collection = CollectionDef.newBuilder();
    collection.getNodeListBuilder().addValue(name);
    return collection.build();
  }
}
