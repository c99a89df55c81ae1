package io.github.tfkfac.models.savedmodel;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedObject;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedObjectGraph;
import org.tensorflow.proto.TrackableObjectGraphOuterClass.TrackableObjectGraph.TrackableObject.ObjectReference;

/** The objects of a model that TensorFlow 2 wrote, found by the names of their values. */
final class SavedObjects {

  private static final String ATTRIBUTES = "/.ATTRIBUTES/";

  private final SavedObjectGraph graph;

  SavedObjects(SavedObjectGraph graph) {
    this.graph = graph;
  }

  /** Whether the variable whose value has this name in the checkpoint is declared trainable. */
  Optional<Boolean> trainable(String checkpointKey) {
    return node(checkpointKey)
        .map(graph::getNodes)
        .filter(SavedObject::hasVariable)
        .map(object -> object.getVariable().getTrainable());
  }

  /** The number of the object whose value has this name in the checkpoint. */
  Optional<Integer> node(String checkpointKey) {
    int end = checkpointKey.indexOf(ATTRIBUTES);
    if (end < 0 || graph.getNodesCount() == 0) {
      return Optional.empty();
    }
    int node = 0;
    for (String part : checkpointKey.substring(0, end).split("/", -1)) {
      Integer child = children(node).get(part);
      if (child == null) {
        return Optional.empty();
      }
      node = child;
    }
    return Optional.of(node);
  }

  /** A child of the model itself. */
  Optional<SavedObject> child(String name) {
    return graph.getNodesCount() == 0
        ? Optional.empty()
        : Optional.ofNullable(children(0).get(name)).map(graph::getNodes);
  }

  private Map<String, Integer> children(int node) {
    Map<String, Integer> children = new HashMap<>();
    for (ObjectReference child : graph.getNodes(node).getChildrenList()) {
      children.put(escaped(child.getLocalName()), child.getNodeId());
    }
    return children;
  }

  /** As TensorFlow writes an object's name into a checkpoint. */
  private static String escaped(String name) {
    return name.replace(".", "..").replace("/", ".S");
  }
}
